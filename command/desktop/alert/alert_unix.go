//go:build !windows && !darwin

package alert

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
)

// box is a program that shows one.
type box struct {
	name  string
	args  func(title, text string) []string
	input bool // it reads the text from its standard input
}

// boxes, the one that looks best first.
var boxes = []box{
	{name: "zenity", args: func(title, text string) []string {
		return []string{"--error", "--no-markup", "--width=480", "--title=" + title, "--text=" + text}
	}},
	{name: "kdialog", args: func(title, text string) []string { return []string{"--title", title, "--error", text} }},
	{name: "yad", args: func(title, text string) []string {
		return []string{"--no-markup", "--width=480", "--button=OK", "--title=" + title, "--text=" + text}
	}},
	{name: "xmessage", input: true, args: func(title, _ string) []string {
		return []string{"-center", "-title", title, "-buttons", "OK:0", "-default", "OK", "-file", "-"}
	}},
}

// Show shows a box until it is closed or ctx ends; ErrNone where there is none.
func Show(ctx context.Context, title, text string) error {
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return ErrNone
	}
	for _, b := range boxes {
		path, err := exec.LookPath(b.name)
		if err != nil {
			continue
		}
		command := exec.CommandContext(ctx, path, b.args(title, text)...)
		if b.input {
			command.Stdin = strings.NewReader(wrap(text, 72))
		}
		var closed *exec.ExitError
		if err := command.Run(); err != nil && !errors.As(err, &closed) { // however it was closed
			return err
		}
		return ctx.Err()
	}
	return ErrNone
}

// wrap breaks lines of more than width characters between words.
func wrap(text string, width int) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		at := 0
		for i, word := range strings.Fields(line) {
			n := len([]rune(word))
			switch {
			case i == 0:
			case at+1+n > width:
				out.WriteByte('\n')
				at = 0
			default:
				out.WriteByte(' ')
				at++
			}
			out.WriteString(word)
			at += n
		}
		out.WriteByte('\n')
	}
	return out.String()
}
