package setup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
)

// victimFolder tells this test binary to be the backend that is killed, on the data in that folder.
const victimFolder = "SPAREKEY_VICTIM_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimFolder); dir != "" {
		if err := beVictim(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if times := os.Getenv(hashesAlone); times != "" {
		if err := hashAlone(times); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv(serverFolderOf); dir != "" {
		if err := beServer(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// beVictim serves the trial's backend over HTTP on a loopback address, which it prints, until its input ends.
func beVictim(dir string) error {
	e, err := StartTrial(context.Background(), TrialConfig{
		Folders: victimFolders(dir), Clock: fileClock(filepath.Join(dir, "clock")), Hasher: quickHasher(),
		Deliverer: fileOutbox(filepath.Join(dir, "outbox.jsonl")),
		Log:       slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.Handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)) // makes the API
	fmt.Println(l.Addr())
	go func() { _ = http.Serve(l, e.Handler) }()
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
	return e.Close()
}

func victimFolders(dir string) Folders {
	return Folders{Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key")}
}

// quickHasher is argon2id with figures that are good for tests only.
func quickHasher() local.Hasher {
	return local.Argon2{Rand: rand.Reader, Memory: 64, Time: 1, Threads: 1}
}

// fileClock is a clock that the test sets.
type fileClock string

func (c fileClock) Now() time.Time {
	data, err := os.ReadFile(string(c))
	if err != nil {
		return time.Time{}
	}
	n, _ := strconv.ParseInt(string(data), 10, 64)
	return time.UnixMicro(n).UTC()
}

func (c fileClock) set(t time.Time) error {
	next := string(c) + ".next"
	if err := os.WriteFile(next, strconv.AppendInt(nil, t.UnixMicro(), 10), 0o600); err != nil {
		return err
	}
	return os.Rename(next, string(c))
}

// fileOutbox is a mail server that writes to a file: a message is taken when it is on the disk.
type fileOutbox string

func (o fileOutbox) Deliver(_ context.Context, m app.Message) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(string(o), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// victim is a backend in a process of its own, and the way to it.
type victim struct {
	t       *testing.T
	dir     string
	command *exec.Cmd
	input   interface{ Close() error }
	clock   fileClock

	mu      sync.Mutex
	address string
	deadly  int           // the request, counted from now, during which it is killed; 0: never
	delay   time.Duration // from that request's beginning
	killed  int
}

// newVictim starts a backend. random chooses when it is killed; nil: never.
func newVictim(t *testing.T, dir string, random *mathrand.Rand) *victim {
	t.Helper()
	v := &victim{t: t, dir: dir, clock: fileClock(filepath.Join(dir, "clock"))}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := v.clock.set(time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if random != nil {
		v.deadly = 1 + random.IntN(24)
		v.delay = time.Duration(random.IntN(4000)) * time.Microsecond
	}
	v.run()
	t.Cleanup(v.stop)
	return v
}

func (v *victim) folders() Folders { return victimFolders(v.dir) }

// Now implements port.Clock, and with that the client's.
func (v *victim) Now() time.Time { return v.clock.Now() }

func (v *victim) advance(d time.Duration) {
	if err := v.clock.set(v.Now().Add(d)); err != nil {
		v.t.Fatal(err)
	}
}

func (v *victim) run() {
	v.t.Helper()
	v.command = exec.Command(os.Args[0])
	v.command.Env = append(os.Environ(), victimFolder+"="+v.dir)
	v.command.Stderr = os.Stderr
	in, err1 := v.command.StdinPipe()
	out, err2 := v.command.StdoutPipe()
	if err := errors.Join(err1, err2, v.command.Start()); err != nil {
		v.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		v.t.Fatalf("the backend did not start: %v", err)
	}
	v.input = in
	v.mu.Lock()
	v.address = strings.TrimSpace(line)
	v.mu.Unlock()
}

// stop lets it end by itself.
func (v *victim) stop() {
	if v.command == nil {
		return
	}
	_ = v.input.Close()
	_ = v.command.Wait()
	v.command = nil
}

// restart kills it and starts it again.
func (v *victim) restart() {
	_ = v.command.Process.Kill()
	_ = v.command.Wait()
	v.run()
}

// revive starts it again after it was killed.
func (v *victim) revive() { v.restart() }

// RoundTrip implements http.RoundTripper: it finds the backend wherever it listens now, and kills it at the hour that
// was chosen.
func (v *victim) RoundTrip(r *http.Request) (*http.Response, error) {
	v.mu.Lock()
	address := v.address
	v.deadly--
	if v.deadly == 0 {
		v.killed++
		process := v.command.Process
		time.AfterFunc(v.delay, func() { _ = process.Kill() })
	}
	v.mu.Unlock()
	onward := r.Clone(r.Context())
	onward.URL.Host = address
	transport := &http.Transport{DisableKeepAlives: true}
	return transport.RoundTrip(onward)
}

// codes are those that were sent to an address, each message once, in the order of their sending.
func (v *victim) codes(to string) []string {
	data, err := os.ReadFile(filepath.Join(v.dir, "outbox.jsonl"))
	if err != nil && !os.IsNotExist(err) {
		v.t.Fatal(err)
	}
	var codes []string
	seen := map[string]bool{}
	for line := range bytes.Lines(data) {
		var m app.Message
		if json.Unmarshal(line, &m) != nil || m.To != to || m.Code == "" || seen[m.ID] {
			continue
		}
		seen[m.ID] = true
		codes = append(codes, m.Code)
	}
	return codes
}
