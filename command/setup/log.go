package setup

import (
	"io"
	"log/slog"

	"github.com/sparekey/sparekey/command/systemd"
)

// newLog is a log of warnings and errors for a person who runs the program.
func newLog(to io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, logOptions(slog.LevelWarn)))
}

func logOptions(level slog.Level) *slog.HandlerOptions {
	return &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { return inWords(a) }}
}

// inWords has the problems in a line said by their texts.
func inWords(a slog.Attr) slog.Attr {
	if err, is := a.Value.Any().(error); is {
		a.Value = slog.AnyValue(InWords(err))
	}
	return a
}

// newServerLog is the log that the settings want: lines of JSON, of text, or straight to journald, without which there are lines
// of JSON.
func newServerLog(s LogSettings, level slog.Level, to io.Writer) *slog.Logger {
	switch s.Format {
	case "journal":
		if j := systemd.NewJournal(level, inWords); j != nil {
			return slog.New(j)
		}
	case "text":
		return slog.New(slog.NewTextHandler(to, logOptions(level)))
	}
	return slog.New(slog.NewJSONHandler(to, logOptions(level)))
}
