package flow

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/rules"
)

// signIn is app.PurposeSignIn.
type signIn struct{ anyPurpose }

func (signIn) ofSession() bool         { return false }
func (signIn) leavesGate() bool        { return false }
func (signIn) asksAdministrator() bool { return true }
func (signIn) firstStage() stage       { return atSignIn }

// places are sign_in → verify (with a verification method) → new_password (where the old one has to be changed); by pass sign_in →
// new_password, the first one.
func (signIn) places(f *flow, _ rules.Credentials) []app.Place {
	if f.s.ByPass && f.s.At != atSignedIn {
		return stepper([]app.PlaceID{app.PlaceSignIn, app.PlaceNewPassword}, 1, false)
	}
	ids, at := []app.PlaceID{app.PlaceSignIn}, 0
	if f.s.Gates > 0 {
		ids, at = append(ids, app.PlaceVerify), 1
	}
	if f.s.MustChange {
		ids = append(ids, app.PlaceNewPassword)
		if f.s.At == atPassword || f.s.At == atConfirming || f.tooYoung() {
			at = len(ids) - 1
		}
	}
	return stepper(ids, at, f.s.At == atSignedIn)
}
