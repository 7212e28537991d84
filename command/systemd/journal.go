package systemd

import (
	"context"
	"log/slog"
	"strings"

	"github.com/coreos/go-systemd/v22/journal"
)

// Journal is a slog.Handler that writes to journald as it is spoken to natively: each attribute is a field, "support" is
// SPAREKEY_SUPPORT, so that journalctl finds lines by it.
type Journal struct {
	level slog.Leveler
	edit  func(slog.Attr) slog.Attr
	attrs []slog.Attr
	send  func(message string, p journal.Priority, fields map[string]string) error
}

// NewJournal makes the handler; edit changes each attribute before it is written. It is nil where there is no journald.
func NewJournal(level slog.Leveler, edit func(slog.Attr) slog.Attr) *Journal {
	if !journal.Enabled() {
		return nil
	}
	return &Journal{level: level, edit: edit, send: journal.Send}
}

// Enabled implements slog.Handler.
func (j *Journal) Enabled(_ context.Context, level slog.Level) bool { return level >= j.level.Level() }

// Handle implements slog.Handler.
func (j *Journal) Handle(_ context.Context, r slog.Record) error {
	fields := map[string]string{"SYSLOG_IDENTIFIER": "sparekey"}
	add := func(a slog.Attr) bool {
		if a = j.edit(a); a.Key != "" {
			fields[fieldName(a.Key)] = a.Value.String()
		}
		return true
	}
	for _, a := range j.attrs {
		add(a)
	}
	r.Attrs(add)
	return j.send(r.Message, priority(r.Level), fields)
}

// WithAttrs implements slog.Handler.
func (j *Journal) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *j
	next.attrs = append(append([]slog.Attr(nil), j.attrs...), attrs...)
	return &next
}

// WithGroup implements slog.Handler. Nothing here is logged in groups.
func (j *Journal) WithGroup(string) slog.Handler { return j }

// fieldName is a name as journald takes it: capitals, digits and underscores (systemd.journal-fields(7)).
func fieldName(key string) string {
	return "SPAREKEY_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
}

func priority(level slog.Level) journal.Priority {
	switch {
	case level >= slog.LevelError:
		return journal.PriErr
	case level >= slog.LevelWarn:
		return journal.PriWarning
	case level >= slog.LevelInfo:
		return journal.PriInfo
	}
	return journal.PriDebug
}
