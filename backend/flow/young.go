package flow

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// A directory may want a password to be of some age before it is changed, or even before it is reset. That is told in place of
// the page that would ask for one: in a change at once, elsewhere behind the gates. The refusal ends by itself.

// blockYoung refuses until a time, where that is to come.
func (f *flow) blockYoung(from time.Time) {
	if from.After(f.now) {
		f.block(app.CodeTooYoung, from)
	}
}

// tooYoung reports whether the flow waits for the present password to be old enough.
func (f *flow) tooYoung() bool { return f.s.At == atBlocked && f.s.Blocked == app.CodeTooYoung }

// growOlder leads on once the password is old enough.
func (f *flow) growOlder() {
	if !f.tooYoung() || f.now.Before(f.s.Until) {
		return
	}
	f.s.At, f.s.Blocked, f.s.Until = atPassword, "", noTime
	if f.purpose.keepsSession() {
		f.s.At = atCurrent
	}
}
