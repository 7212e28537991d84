package backend

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// places draws the stepper: what is done, where the person stands, what is to come.
//
//	sign-in   sign_in → verify (with a verification method), or → new_password (by pass, the first one)
//	register  choose → set_up → finish; none for a look over what is registered
//	manage, change_password  none: the account has places of its own
//	reset     who → prove → prove_again (with two gates, and not where a key is both) → new_password, or unlock while the
//	          old one is kept
func (t *talk) places(creds []port.CredentialRecord) []app.Place {
	switch t.rec.Purpose {
	case app.PurposeSignIn:
		if t.s.ByPass && t.s.At != atSignedIn {
			return stepper([]app.PlaceID{app.PlaceSignIn, app.PlaceNewPassword}, 1, false)
		}
		if t.s.Gates == 0 {
			return stepper([]app.PlaceID{app.PlaceSignIn}, 0, t.s.At == atSignedIn)
		}
		return stepper([]app.PlaceID{app.PlaceSignIn, app.PlaceVerify}, 1, t.s.At == atSignedIn)
	case app.PurposeManage, app.PurposeChange:
		return nil
	case app.PurposeRegister:
		if t.s.At == atReconfirm || slices.Contains(t.s.Facts, app.FactConfirmed) {
			return nil
		}
		at := map[spot]int{atMethod: 1, atRegistered: 2, atDone: 2}[t.s.At]
		return stepper([]app.PlaceID{app.PlaceChoose, app.PlaceSetUp, app.PlaceFinish}, at, t.s.At == atDone)
	}
	ids := []app.PlaceID{app.PlaceWho, app.PlaceProve, app.PlaceProveAgain, app.PlaceNewPassword}
	if t.shownGates() < 2 || t.s.Doubled || !t.secretive() && t.last(creds) {
		ids = []app.PlaceID{app.PlaceWho, app.PlaceProve, app.PlaceNewPassword}
	}
	if t.keeping() {
		ids[len(ids)-1] = app.PlaceUnlock
	}
	at := 0
	switch t.s.At {
	case atChoose, atMethod:
		at = min(1+len(t.s.Passed), len(ids)-2)
	case atUnlock, atKnown, atPassword, atConfirming, atDone:
		at = len(ids) - 1
	}
	return stepper(ids, at, t.s.At == atDone)
}

// last reports whether the first gate is the only one: the way at hand counts as two, or every way does.
func (t *talk) last(creds []port.CredentialRecord) bool {
	if t.s.At == atMethod {
		return t.single(creds, t.s.Kind)
	}
	ways := t.offered(creds)
	return len(ways) > 0 && !slices.ContainsFunc(ways, func(kind app.Kind) bool { return !t.single(creds, kind) })
}

// stepper marks the places before now as done, and the one at now too when all is over.
func stepper(ids []app.PlaceID, now int, over bool) []app.Place {
	places := make([]app.Place, len(ids))
	for i, id := range ids {
		state := app.PlaceTodo
		switch {
		case i < now || over:
			state = app.PlaceDone
		case i == now:
			state = app.PlaceNow
		}
		places[i] = app.Place{ID: id, State: state}
	}
	return places
}
