package ask

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestLinesComeOverAPipe(t *testing.T) {
	var out bytes.Buffer
	x := New(strings.NewReader(" one \r\ntwo\xff\nthree"), &out, env("TERM", "xterm"))
	for _, want := range []string{"one", "two\uFFFD", "three"} {
		if got, err := x.Read(t.Context(), "? "); err != nil || got != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
	if _, err := x.Read(t.Context(), "? "); !errors.Is(err, ErrLeft) {
		t.Errorf("after the last line: %v", err)
	}
	x.Heading("a heading")
	x.Wrong("it is wrong")
	if got, want := out.String(), "?  one \n? two\uFFFD\n? three\n? \na heading\n  ! it is wrong\n"; got != want {
		t.Errorf("shown: %q, want %q", got, want)
	}
}

func TestALineHasItsBounds(t *testing.T) {
	for name, in := range map[string]io.Reader{"nothing": nil, "a line without an end": strings.NewReader(strings.Repeat("x", maxLine+1))} {
		if _, err := New(in, io.Discard, env()).Read(t.Context(), ""); !errors.Is(err, ErrLeft) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnInterruptLeaves(t *testing.T) {
	in, typed := io.Pipe()
	defer func() { _ = typed.Close() }()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	if _, err := New(in, io.Discard, env()).Read(ctx, ""); !errors.Is(err, ErrLeft) {
		t.Errorf("%v", err)
	}
}

// opened is a terminal of a width: what a person has of it, and what a program has.
func opened(t *testing.T, columns uint16) (person, program *os.File) {
	t.Helper()
	person, program, err := pty.Open()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = errors.Join(person.Close(), program.Close()) })
	if err := pty.Setsize(program, &pty.Winsize{Rows: 24, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	return person, program
}

// shown reads as much as is shown up to a text.
func shown(t *testing.T, person *os.File, until string) string {
	t.Helper()
	var all strings.Builder
	b := make([]byte, 1)
	for !strings.HasSuffix(all.String(), until) {
		if _, err := person.Read(b); err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

func TestColoursAreForTerminalsThatKnowThem(t *testing.T) {
	for name, c := range map[string]struct {
		env    func(string) string
		colour bool
	}{
		"xterm":         {env("TERM", "xterm"), true},
		"dumb":          {env("TERM", "dumb"), false},
		"unknown":       {env(), false},
		"not wanted":    {env("TERM", "xterm", "NO_COLOR", "1"), false},
		"wanted by all": {env("TERM", "xterm", "NO_COLOR", ""), true},
	} {
		person, program := opened(t, 80)
		New(program, program, c.env).Heading("a heading")
		if said := shown(t, person, "\n"); strings.Contains(said, "\x1b") != c.colour || !strings.Contains(said, "a heading") {
			t.Errorf("%s: %q", name, said)
		}
	}
}

// TestWhoIsToldToLeaveLeavesTheTerminalAsItWas: the shell after it shows what is typed.
func TestWhoIsToldToLeaveLeavesTheTerminalAsItWas(t *testing.T) {
	person, program := opened(t, 80)
	before, err := term.GetState(int(program.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	x := New(program, program, env("TERM", "xterm"))
	left := make(chan error, 1)
	go func() {
		_, err := x.Read(ctx, "> ")
		left <- err
	}()
	_ = shown(t, person, "> ") // from here on the terminal edits nothing by itself
	leave()
	if err := <-left; !errors.Is(err, ErrLeft) {
		t.Error(err)
	}
	if after, err := term.GetState(int(program.Fd())); err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("the terminal is left %+v, not %+v: %v", after, before, err)
	}
	if _, err := person.WriteString("\n"); err != nil {
		t.Fatal(err)
	}
	<-x.next // who read ends
}

// TestALineIsEditedInATerminal, and read as it is typed in a dumb one, which edits by itself.
func TestALineIsEditedInATerminal(t *testing.T) {
	for name, typed := range map[string]string{"xterm": "hallo\x1b[D\x1b[D\x1b[D\x1b[D\x7fH\x05!\r", "dumb": "Hallo!\r"} {
		person, program := opened(t, 80)
		x := New(program, program, env("TERM", name))
		typing := make(chan error, 1)
		go func() {
			_ = shown(t, person, "> ") // from here on the terminal edits nothing by itself
			_, err := person.WriteString(typed)
			typing <- err
		}()
		got, err := x.Read(t.Context(), "> ")
		if err := errors.Join(err, <-typing); err != nil || got != "Hallo!" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestASecretIsNotShown, neither by the program nor by the terminal, and is taken with its blanks; what comes next is shown again.
func TestASecretIsNotShown(t *testing.T) {
	for _, name := range []string{"xterm", "dumb"} {
		person, program := opened(t, 80)
		x := New(program, program, env("TERM", name))
		all := make(chan string, 1)
		go func() {
			said := shown(t, person, "> ")
			_, _ = person.WriteString(" two words \r")
			said += shown(t, person, "? ")
			_, _ = person.WriteString("seen\r")
			all <- said + shown(t, person, "seen")
		}()
		got, err := x.ReadSecret(t.Context(), "> ")
		next, err2 := x.Read(t.Context(), "? ")
		if err := errors.Join(err, err2); err != nil || got != " two words " || next != "seen" {
			t.Errorf("%s: %q, %q, %v", name, got, next, err)
		}
		if said := <-all; strings.Contains(said, "words") {
			t.Errorf("%s shows %q", name, said)
		}
	}
}

// TestATerminalIsLeftAsItWas where somebody is asked and the program ends.
func TestATerminalIsLeftAsItWas(t *testing.T) {
	person, program := opened(t, 80)
	before, err := term.GetState(int(program.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		_ = shown(t, person, "> ")
		interrupt()
	}()
	if _, err := New(program, program, env("TERM", "xterm")).ReadSecret(ctx, "> "); !errors.Is(err, ErrLeft) {
		t.Error(err)
	}
	if after, err := term.GetState(int(program.Fd())); err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("it is %+v, was %+v, %v", after, before, err)
	}
}

func TestTextIsSetInTheWidthThatThereIs(t *testing.T) {
	for columns, want := range map[uint16]int{40: 40, 60: 60, 200: widest, 10: 40} {
		_, program := opened(t, columns)
		if x := New(program, program, env("TERM", "xterm")); x.width != want {
			t.Errorf("%d columns: %d, want %d", columns, x.width, want)
		}
	}
	var out bytes.Buffer
	x := New(nil, &out, env())
	x.width = 20
	x.Note("twelve words are set in lines of a width\nand a_word_that_is_longer_than_a_line too")
	want := "  - twelve words\n    are set in\n    lines of a\n    width\n    and\n    a_word_that_is_longer_than_a_line\n    too\n"
	if out.String() != want {
		t.Errorf("%q", out.String())
	}
}
