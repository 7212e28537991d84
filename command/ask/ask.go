// Package ask asks questions in a terminal, one line each, or over a pipe in place of one.
package ask

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

// ErrLeft means that whoever is asked has left: by Ctrl-C, or since nothing more comes.
var ErrLeft = errors.New("whoever was asked has left")

// maxLine is how much is read of a line, in bytes.
const maxLine = 64 << 10

// Terminal is where questions are asked. Make it with New.
type Terminal struct {
	out    io.Writer
	width  int
	colour bool

	typed *os.File       // a terminal whose lines can be edited; nil: it is another stream
	lines *term.Terminal // on typed
	plain bool           // lines are edited here only where they are not to be seen
	echo  bool           // what is read does not stand in the output by itself
	piped *bufio.Reader
	next  chan line

	mu   sync.Mutex
	undo func() error // has the terminal be as it was before it was read; nil where it is so
	left bool         // nobody waits for the line that is read
}

type line struct {
	text string
	err  error
}

// widest is how wide text is set, in columns, where the terminal is wider.
const widest = 80

// New asks on out, and reads the answers from in. Colours, and lines that can be edited, are for a terminal that knows them.
func New(in io.Reader, out io.Writer, getenv func(string) string) *Terminal {
	t := &Terminal{out: out, width: widest, echo: true}
	shown, _ := out.(*os.File)
	dumb := getenv("TERM") == "dumb" || getenv("TERM") == ""
	if shown != nil && term.IsTerminal(int(shown.Fd())) {
		t.colour = !dumb && getenv("NO_COLOR") == ""
		if columns, _, err := term.GetSize(int(shown.Fd())); err == nil && columns > 0 {
			t.width = min(max(columns, 40), widest)
		}
	}
	typed, _ := in.(*os.File)
	if typed != nil && term.IsTerminal(int(typed.Fd())) {
		t.echo = false
		if t.plain = dumb; shown != nil {
			t.typed, t.lines = typed, term.NewTerminal(both{typed, out}, "")
		}
	}
	if in == nil {
		in = strings.NewReader("")
	}
	t.piped = bufio.NewReaderSize(in, maxLine)
	return t
}

type both struct {
	io.Reader
	io.Writer
}

// Read reads a line behind a prompt, without the blanks around it. ErrLeft where there is none any more, or ctx ends.
func (t *Terminal) Read(ctx context.Context, prompt string) (string, error) {
	text, err := t.await(ctx, prompt, false)
	return strings.TrimSpace(text), err
}

// ReadSecret is Read for what is not shown, and taken as it is typed.
func (t *Terminal) ReadSecret(ctx context.Context, prompt string) (string, error) {
	return t.await(ctx, prompt, true)
}

func (t *Terminal) await(ctx context.Context, prompt string, secret bool) (string, error) {
	if t.next == nil { // else somebody reads still
		t.next = make(chan line, 1)
		go func() {
			text, err := t.read(prompt, secret)
			t.next <- line{text, err}
		}()
	}
	select {
	case <-ctx.Done():
		t.leave()
		return "", errors.Join(ErrLeft, t.restore())
	case read := <-t.next:
		t.next = nil
		if read.err != nil {
			fmt.Fprintln(t.out)
			return "", read.err
		}
		return read.text, nil
	}
}

func (t *Terminal) read(prompt string, secret bool) (string, error) {
	if t.lines != nil && (secret || !t.plain) {
		return t.edit(prompt, secret)
	}
	t.tell(prompt)
	text, err := t.piped.ReadSlice('\n')
	said := strings.ToValidUTF8(strings.TrimRight(string(text), "\r\n"), string(utf8.RuneError))
	switch {
	case errors.Is(err, io.EOF) && said != "":
	case errors.Is(err, io.EOF), errors.Is(err, bufio.ErrBufferFull):
		return "", ErrLeft
	case err != nil:
		return "", err
	}
	switch {
	case t.echo && secret:
		t.tell("\n")
	case t.echo:
		t.tell(said + "\n")
	}
	return said, nil
}

// tell says what belongs to a line that is read, unless nobody waits for it any more.
func (t *Terminal) tell(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.left {
		fmt.Fprint(t.out, text)
	}
}

// leave has nothing told any more of a line that is still read.
func (t *Terminal) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left = true
	fmt.Fprintln(t.out)
}

// changes notes how a terminal was; restore has it be so again, also while somebody reads still.
func (t *Terminal) changes(typed *os.File, before *term.State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.undo = func() error { return term.Restore(int(typed.Fd()), before) }
}

func (t *Terminal) restore() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	undo := t.undo
	if t.undo = nil; undo == nil {
		return nil
	}
	return undo()
}

// edit has the line be edited, or typed unseen. The terminal is as it was in between, so that Ctrl-C ends the program there.
func (t *Terminal) edit(prompt string, secret bool) (text string, err error) {
	before, err := term.MakeRaw(int(t.typed.Fd()))
	if err != nil {
		return "", err
	}
	t.changes(t.typed, before)
	defer func() { err = errors.Join(err, t.restore()) }()
	t.lines.SetPrompt(prompt)
	if secret {
		text, err = t.lines.ReadPassword(prompt)
	} else {
		text, err = t.lines.ReadLine()
	}
	if errors.Is(err, io.EOF) {
		err = ErrLeft
	}
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	return text, err
}

// How lines are set in a terminal that knows colours (ECMA-48).
const (
	bold  = "1"
	faint = "2"
	red   = "31"
)

// Heading says what comes.
func (t *Terminal) Heading(text string) { t.say("", bold, text) }

// Text says something, set in by a margin.
func (t *Terminal) Text(margin, text string) { t.say(margin, "", text) }

// Faint says what is read once.
func (t *Terminal) Faint(margin, text string) { t.say(margin, faint, text) }

// Wrong says what is wrong with an answer.
func (t *Terminal) Wrong(text string) { t.say("  ! ", red, text) }

// Note says what there is to know of an answer.
func (t *Terminal) Note(text string) { t.say("  - ", "", text) }

// say sets text in lines behind a margin, which the lines after the first repeat in blanks.
func (t *Terminal) say(margin, style, text string) {
	for paragraph := range strings.SplitSeq(text, "\n") {
		for _, set := range wrap(paragraph, t.width-1-utf8.RuneCountInString(margin)) {
			if t.colour && style != "" {
				set = "\x1b[" + style + "m" + set + "\x1b[0m"
			}
			fmt.Fprintln(t.out, strings.TrimRight(margin+set, " "))
			margin = strings.Repeat(" ", utf8.RuneCountInString(margin))
		}
	}
}

// wrap breaks text between words; a word that is longer than a line has one of its own.
func wrap(text string, width int) []string {
	var lines []string
	now := ""
	for _, word := range strings.Fields(text) {
		if now != "" && utf8.RuneCountInString(now)+1+utf8.RuneCountInString(word) > width {
			lines, now = append(lines, now), ""
		}
		now = strings.TrimLeft(now+" "+word, " ")
	}
	return append(lines, now)
}

// Write implements io.Writer: what is written stands there as it is.
func (t *Terminal) Write(p []byte) (int, error) { return t.out.Write(p) }
