//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
)

// settling is how long the system may take to notice that a key was taken out, after its line broke.
const settling = 250 * time.Millisecond

// explain says what ended a conversation: nil, a refusal by the key, or what became of the key or of ctx. l is nil when
// the conversation was left behind.
func (k *key) explain(ctx context.Context, l *line, err error) error {
	var s status
	var ours *app.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &s) && s > 0 && s != C.FIDO_ERR_KEEPALIVE_CANCEL:
		return k.refused(l, s)
	case k.isGone():
		return &app.Error{Code: app.CodeKeyGone, Cause: err}
	case l != nil && k.behind.Load() && s < 0:
		return k.refused(l, s)
	case errors.Is(ctx.Err(), context.DeadlineExceeded) && s == C.FIDO_ERR_KEEPALIVE_CANCEL: // it was waiting, and gave up
		return &app.Error{Code: app.CodeKeyUntouched, Cause: err}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &app.Error{Code: app.CodeKeyTimeout, Cause: err}
	case ctx.Err() != nil, s == C.FIDO_ERR_KEEPALIVE_CANCEL:
		return &app.Error{Code: app.CodeKeyCancelled, Cause: err}
	case !accessible(k.path):
		return k.noPermission()
	}
	return k.refused(l, s)
}

// refused says what a status means. A key that is at work still on what was left behind says that it is busy, by CTAPHID,
// for which libfido2 has no status but that the line is broken.
func (k *key) refused(l *line, s status) error {
	e := &app.Error{Code: codeOf(s), Cause: s}
	switch e.Code {
	case app.CodeKeyBusy, app.CodeKeyDisturbed:
		if k.behind.Load() {
			e.Code = app.CodeKeyAtWork
		}
	case app.CodeKeyRefused:
		e.Params = map[string]string{"status": fmt.Sprintf("%#02x", int(s))}
	}
	if l != nil {
		l.judge(e)
	}
	return e
}

// isGone waits a moment for the system to notice.
func (k *key) isGone() bool {
	for end := time.Now().Add(settling); ; time.Sleep(settling / 10) {
		if !k.present() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// noPermission names the rule that lets the person at this computer open this model of key.
func (k *key) noPermission() *app.Error {
	rule := fmt.Sprintf(`KERNEL=="hidraw*", SUBSYSTEM=="hidraw", ATTRS{idVendor}=="%04x", ATTRS{idProduct}=="%04x", TAG+="uaccess"`,
		k.vendor, k.product)
	return &app.Error{Code: app.CodeKeyNoPermission, Params: map[string]string{
		"udev": rule, "file": "/etc/udev/rules.d/70-security-key.rules",
	}}
}

// isCode says whether err has the code.
func isCode(err error, code app.Code) bool { return app.CodeOf(err) == code }
