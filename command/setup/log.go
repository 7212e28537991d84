package setup

import (
	"io"
	"log/slog"
)

// newLog is a log of warnings and errors for a person who runs the program: the problems in them are said by their texts.
func newLog(to io.Writer) *slog.Logger {
	inWords := func(_ []string, a slog.Attr) slog.Attr {
		if err, is := a.Value.Any().(error); is {
			a.Value = slog.AnyValue(InWords(err))
		}
		return a
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: inWords}))
}
