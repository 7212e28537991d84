package instance_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/command/desktop/instance"
)

// firstFolder tells this test binary to be the first instance, in that folder.
const firstFolder = "SPAREKEY_FIRST_FOLDER"

// stuck has its window hang, while the rest of it goes on.
const stuck = "SPAREKEY_FIRST_STUCK"

func TestMain(m *testing.M) {
	if dir := os.Getenv(firstFolder); dir != "" {
		beFirst(dir)
		return
	}
	os.Exit(m.Run())
}

// beFirst claims the name, says how that went, and says each raise.
func beFirst(dir string) {
	i, err := instance.Claim(context.Background(), dir, "window")
	if err != nil {
		fmt.Println(err)
		return
	}
	i.Seen()
	fmt.Println("claimed")
	for range i.Raise() {
		if os.Getenv(stuck) == "" {
			fmt.Println("raised")
			i.Seen()
		}
	}
}

// process is a first instance in a process of its own.
type process struct {
	t       *testing.T
	command *exec.Cmd
	lines   *bufio.Reader
}

func start(t *testing.T, dir string, env ...string) *process {
	t.Helper()
	p := &process{t: t, command: exec.Command(os.Args[0])}
	p.command.Env = append(append(os.Environ(), env...), firstFolder+"="+dir)
	out, err := p.command.StdoutPipe()
	if err := errors.Join(err, p.command.Start()); err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewReader(out)
	t.Cleanup(p.kill)
	return p
}

func (p *process) says(want string) {
	p.t.Helper()
	line, err := p.lines.ReadString('\n')
	if err != nil || strings.TrimSpace(line) != want {
		p.t.Fatalf("the other process says %q, %v; want %q", line, err, want)
	}
}

func (p *process) kill() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

func claim(t *testing.T, dir, name string) *instance.Instance {
	t.Helper()
	i, err := instance.Claim(t.Context(), dir, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

func TestASecondProcessRaisesTheFirst(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir)
	first.says("claimed")
	for range 3 {
		if _, err := instance.Claim(t.Context(), dir, "window"); !errors.Is(err, instance.ErrRunning) {
			t.Fatalf("got %v, want ErrRunning", err)
		}
		first.says("raised")
	}
	second := start(t, dir)
	second.says(instance.ErrRunning.Error())
	first.says("raised")
	claim(t, dir, "trial") // another name is another window
}

func TestWhatAKilledProcessLeftBehindIsSurvived(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		p := start(t, dir)
		p.says("claimed")
		p.kill()
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(left) != 3 {
			t.Fatalf("left behind: %v, %v; want a lock, a number and a socket", left, err)
		}
	}
	i := claim(t, dir, "window")
	if _, err := instance.Claim(t.Context(), dir, "window"); !errors.Is(err, instance.ErrRunning) {
		t.Fatalf("got %v, want ErrRunning", err)
	}
	<-i.Raise()
}

func TestTheNameIsGivenBack(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		if err := claim(t, dir, "window").Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRaisesBeforeTheWindowIsThereAreNotLost(t *testing.T) {
	dir := t.TempDir()
	i := claim(t, dir, "window")
	for range 5 {
		if _, err := instance.Claim(t.Context(), dir, "window"); !errors.Is(err, instance.ErrRunning) {
			t.Fatal(err)
		}
	}
	<-i.Raise()
	select {
	case <-i.Raise():
		t.Error("five starts in a row raised the window twice")
	default:
	}
}

func TestWithoutAFolderThereIsNoClaim(t *testing.T) {
	if _, err := instance.Claim(t.Context(), filepath.Join(t.TempDir(), "none"), "window"); err == nil || errors.Is(err, instance.ErrRunning) {
		t.Errorf("got %v, want an error that is not ErrRunning", err)
	}
	for _, name := range []string{"XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "HOME"} {
		t.Setenv(name, "")
	}
	if dir, err := instance.Folder(); err == nil {
		t.Errorf("without a profile the folder is %s", dir)
	}
}

func TestTheFolderIsItsOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	if err := os.Mkdir(filepath.Join(dir, "sparekey"), 0o777); err != nil {
		t.Fatal(err)
	}
	folder, err := instance.Folder()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(folder)
	if err != nil || folder != filepath.Join(dir, "sparekey") || info.Mode().Perm() != 0o700 {
		t.Errorf("%s, %v, %v", folder, info.Mode(), err)
	}
}
