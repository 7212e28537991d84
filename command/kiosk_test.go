//go:build !headless

package command

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheExitPINIsAskedForAndNeverOnTheCommandLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kiosk.toml")
	run := func(typed string, args ...string) (int, string) {
		var out bytes.Buffer
		code := Run(context.Background(), Program{Name: "sparekey", In: strings.NewReader(typed), Out: &out, Err: &out}, append([]string{"kiosk", "set-pin", "--config", file}, args...))
		return code, out.String()
	}
	for typed, says := range map[string]string{
		"135790\n246801\n": "two different PINs",
		"12345\n12345\n":   "6 to 12 digits",
		"":                 "no PIN was given",
	} {
		if code, said := run(typed); code != 2 || !strings.Contains(said, says) {
			t.Errorf("%q: %d, %q", typed, code, said)
		}
		if _, err := os.Stat(file); err == nil {
			t.Fatalf("%q was kept", typed)
		}
	}
	if code, said := run("135790\n135790\n", "135790"); code != 2 {
		t.Errorf("a PIN on the command line: %d, %q", code, said)
	}
	code, said := run("135790\n135790\n")
	kept, err := os.ReadFile(file)
	if code != 0 || err != nil || !strings.Contains(string(kept), "exit_pin = \"$argon2id$") || strings.Contains(said+string(kept), "135790") {
		t.Errorf("%d, %q, %q, %v", code, said, kept, err)
	}
}

func TestAKioskNeedsAServerOrATrial(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("GODEBUG", "clobberfree=1") // as after the start anew
	var out bytes.Buffer
	code := Run(context.Background(), Program{Name: "sparekey", Out: &out, Err: &out}, []string{"kiosk", "--config", filepath.Join(t.TempDir(), "none.toml")})
	if code != 2 || !strings.Contains(out.String(), "--try") {
		t.Errorf("%d, %q", code, out.String())
	}
}

// TestAKioskThatDoesNotStartOpensNoOtherWindow: the one that tells of a fault is locked in no way.
func TestAKioskThatDoesNotStartOpensNoOtherWindow(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "kiosk.toml")
	if err := os.WriteFile(broken, []byte("idle = \"never\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := (&kioskRun{Config: broken}).run(context.Background(), Program{Unseen: true, Out: io.Discard, Err: io.Discard})
	var fault windowless
	if err == nil || errors.As(err, &fault) {
		t.Errorf("it ends with %v", err)
	}
}
