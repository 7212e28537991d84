package core

import (
	"errors"
	"log/slog"

	"github.com/sparekey/sparekey/app"
)

// Stamp completes a refusal with the clock and the support code.
func (c *Core) Stamp(e *app.Error, support string) *app.Error {
	stamped := *e
	stamped.At = c.Now()
	if stamped.Support == "" {
		stamped.Support = support
	}
	return &stamped
}

// Failed logs what is not the person's doing, and answers without the cause. attrs say what failed, as slog takes them.
func (c *Core) Failed(err error, attrs ...any) error { return c.failed(c.Log, err, attrs) }

func (c *Core) failed(log *slog.Logger, err error, attrs []any) error {
	var known *app.Error
	if !errors.As(err, &known) {
		known = &app.Error{Code: app.CodeInternal, Cause: err}
	}
	log.Error("an input failed", append(attrs, "code", known.Code, "error", known.Error())...)
	return c.Stamp(known, "")
}

// IsRefusal reports whether err answers the person; anything else undoes the transaction.
func IsRefusal(err error) bool {
	var refusal *app.Error
	return errors.As(err, &refusal) && refusal.Code != app.CodeInternal
}

// Unavailable keeps an *app.Error and wraps everything else.
func Unavailable(err error) error {
	var known *app.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &app.Error{Code: app.CodeUnavailable, Cause: err}
}
