package alert

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// programs puts boxes of these names first and alone on the path; each writes down what it was told.
func programs(t *testing.T, names ...string) (told string) {
	t.Helper()
	dir := t.TempDir()
	told = filepath.Join(dir, "told")
	for _, name := range names {
		script := "#!/bin/sh\n{ echo " + name + "; printf '%s\\n' \"$@\"; [ " + name + " = xmessage ] && exec /bin/cat; } >" + told + "\nexit 1\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("DISPLAY", ":0")
	return told
}

func TestTheBestBoxThereIsShowsTheWords(t *testing.T) {
	text := "settings.toml:2: \"<b>server\" must begin with https:// and not with $(anything) else that there is in the world"
	for _, c := range [][]string{{"zenity", "xmessage"}, {"kdialog", "yad"}, {"yad", "xmessage"}, {"xmessage"}} {
		told := programs(t, c...)
		if err := Show(t.Context(), "Sparekey can't start", text); err != nil { // closed by its frame: 1
			t.Errorf("%v: %v", c, err)
		}
		got, err := os.ReadFile(told)
		if err != nil {
			t.Fatal(err)
		}
		name, rest, _ := strings.Cut(string(got), "\n")
		if rest = strings.Join(strings.Fields(rest), " "); name != c[0] || !strings.Contains(rest, text) || !strings.Contains(rest, "Sparekey can't start") {
			t.Errorf("%v: %s was told %q", c, name, rest)
		}
	}
}

func TestWithoutADisplayOrABoxNobodyIsTold(t *testing.T) {
	programs(t)
	if err := Show(t.Context(), "title", "text"); !errors.Is(err, ErrNone) {
		t.Errorf("without a program: got %v", err)
	}
	told := programs(t, "zenity")
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if err := Show(t.Context(), "title", "text"); !errors.Is(err, ErrNone) {
		t.Errorf("without a display: got %v", err)
	}
	if _, err := os.Stat(told); err == nil {
		t.Error("without a display a box was begun")
	}
}

func TestLongLinesAreWrapped(t *testing.T) {
	got := wrap("one two three\nfour /a/very/long/path five\n", 9)
	if want := "one two\nthree\nfour\n/a/very/long/path\nfive\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
