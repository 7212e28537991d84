package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/rules"
)

// reset is app.PurposeReset.
type reset struct{ anyPurpose }

func (reset) ofSession() bool         { return false }
func (reset) recovers() bool          { return true }
func (reset) leavesRefusal() bool     { return true }
func (reset) asksAdministrator() bool { return true }
func (reset) firstStage() stage       { return atUserID }

// places are who → prove → prove_again (with two gates, and not where a key is both) → new_password, or unlock while the
// old one is kept.
func (reset) places(f *flow, creds rules.Credentials) []app.Place {
	ids := []app.PlaceID{app.PlaceWho, app.PlaceProve, app.PlaceProveAgain, app.PlaceNewPassword}
	if f.shownGates() < 2 || f.s.CountsAsTwo || !f.secretive() && f.oneGateIsEnough(creds) {
		ids = []app.PlaceID{app.PlaceWho, app.PlaceProve, app.PlaceNewPassword}
	}
	if f.keepsPassword() {
		ids[len(ids)-1] = app.PlaceUnlock
	}
	at := 0
	switch f.s.At {
	case atChoose, atMethod:
		at = min(1+len(f.s.Passed), len(ids)-2)
	case atUnlock, atKnown, atPassword, atConfirming, atDone:
		at = len(ids) - 1
	case atBlocked:
		if f.tooYoung() {
			at = len(ids) - 1
		}
	}
	return stepper(ids, at, f.s.At == atDone)
}

// oneGateIsEnough reports whether the first gate is the only one: the method at hand counts as two, or every method does.
func (f *flow) oneGateIsEnough(creds rules.Credentials) bool {
	if f.s.At == atMethod {
		return f.coversBothGates(creds, f.s.Kind)
	}
	kinds := f.offered(creds)
	return len(kinds) > 0 && !slices.ContainsFunc(kinds, func(kind app.Kind) bool { return !f.coversBothGates(creds, kind) })
}
