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

// places are sign_in → verify (with a verification method), or → new_password (by pass, the first one).
func (signIn) places(f *flow, _ rules.Credentials) []app.Place {
	if f.s.ByPass && f.s.At != atSignedIn {
		return stepper([]app.PlaceID{app.PlaceSignIn, app.PlaceNewPassword}, 1, false)
	}
	if f.s.Gates == 0 {
		return stepper([]app.PlaceID{app.PlaceSignIn}, 0, f.s.At == atSignedIn)
	}
	return stepper([]app.PlaceID{app.PlaceSignIn, app.PlaceVerify}, 1, f.s.At == atSignedIn)
}
