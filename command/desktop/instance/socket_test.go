//go:build !windows

package instance_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sparekey/sparekey/command/desktop/instance"
)

// TestAFirstThatHangsIsNamed: a lock that is held, beside a process that is stopped, a window that hangs while its process
// goes on, a socket that answers nothing, and none, as on a system without such sockets.
func TestAFirstThatHangsIsNamed(t *testing.T) {
	for name, hang := range map[string]func(t *testing.T, p *process, socket string){
		"stopped": func(t *testing.T, p *process, _ string) {
			var state syscall.WaitStatus
			err := p.command.Process.Signal(syscall.SIGSTOP)
			if _, err2 := syscall.Wait4(p.command.Process.Pid, &state, syscall.WUNTRACED, nil); errors.Join(err, err2) != nil || !state.Stopped() {
				t.Fatal(err, err2, state)
			}
		},
		"its window": func(*testing.T, *process, string) {},
		"silent": func(t *testing.T, _ *process, socket string) {
			silent, err := net.Listen("unix", socket+".new")
			if err := errors.Join(err, os.Rename(socket+".new", socket)); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = silent.Close() })
		},
		"without a socket": func(t *testing.T, _ *process, socket string) {
			if err := os.Remove(socket); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var env []string
			if name == "its window" {
				env = append(env, stuck+"=1")
			}
			first := start(t, dir, env...)
			first.says("claimed")
			sockets, _ := filepath.Glob(filepath.Join(dir, "*.sock"))
			hang(t, first, sockets[0])
			var hung *instance.HungError
			if _, err := instance.Claim(t.Context(), dir, "window"); !errors.As(err, &hung) || errors.Is(err, instance.ErrRunning) {
				t.Fatalf("got %v, want a HungError", err)
			}
			if hung.Process != first.command.Process.Pid {
				t.Errorf("process %d is named, want %d", hung.Process, first.command.Process.Pid)
			}
		})
	}
}

func TestStrangeMessagesRaiseNothing(t *testing.T) {
	dir := t.TempDir()
	i := claim(t, dir, "window")
	sockets, _ := filepath.Glob(filepath.Join(dir, "*.sock"))
	for _, text := range []string{"", "\n", "quit\n", strings.Repeat("x", 1<<16) + "\n", "raise\x00\n"} {
		conn, err := net.Dial("unix", sockets[0])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte(text)) // the other end may have hung up in the middle of it
		_ = conn.Close()
	}
	if err := i.Close(); err != nil { // waits for whoever is being heard
		t.Fatal(err)
	}
	select {
	case <-i.Raise():
		t.Error("a strange message raised the window")
	default:
	}
}

// TestWhoSaysNothingHoldsUpNoEnd: the first one ends beside another that has come to its socket and is silent.
func TestWhoSaysNothingHoldsUpNoEnd(t *testing.T) {
	dir := t.TempDir()
	first := claim(t, dir, "window")
	sockets, _ := filepath.Glob(filepath.Join(dir, "*.sock"))
	silent, err := net.Dial("unix", sockets[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	if _, err := instance.Claim(t.Context(), dir, "window"); !errors.Is(err, instance.ErrRunning) { // who came before is heard by now
		t.Fatal(err)
	}
	began := time.Now()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v to end", took)
	}
}
