package shell

import (
	"encoding/base64"
	"errors"
	"io"
	"time"

	"github.com/sparekey/sparekey/app"
)

// AsError names what went wrong; what is foreign is internal. The time of the next try is put onto the window's clock,
// once.
func (w *Window) AsError(err error) *app.Error {
	if err == nil {
		return nil
	}
	var known *app.Error
	if !errors.As(err, &known) {
		return &app.Error{Code: app.CodeInternal, Cause: err}
	}
	e := *known
	if !e.RetryAt.IsZero() && !e.At.IsZero() {
		e.RetryAt, e.At = w.Clock().Add(e.RetryAt.Sub(e.At)), time.Time{}
	}
	return &e
}

// FateUnknown reports whether the input may be sent again as it was: what became of it is open, or nobody looked at it.
func FateUnknown(code app.Code) bool {
	return code == app.CodeOffline || code == app.CodeUnavailable || code == app.CodeInternal ||
		code == app.CodeBusy
}

// NewKey draws an idempotency key: 128 random bits.
func (w *Window) NewKey() (app.IdempotencyKey, error) {
	raw := make([]byte, 16)
	if _, err := io.ReadFull(w.env.Rand, raw); err != nil {
		return "", err
	}
	return app.IdempotencyKey(base64.RawURLEncoding.EncodeToString(raw)), nil
}
