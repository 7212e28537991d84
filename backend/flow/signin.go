package flow

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/limit"
)

// Signing in.
//
//	sign_in ──SignIn──▶ [reserve: the failure is counted] ──directory──▶ right: the count is cleared
//	   ▲                                                        │                │ a verification method is registered
//	   └──── wrong, unknown, locked, disabled ◀─────────────────┘                ├─yes─▶ gate (gate.go) ─▶ signed_in
//	                                                                             └─no──────────────────▶ signed_in
//
// A pass is the other way in: signin_pass.go.
//
// The gate begins with the person's default method and takes any other verification method too. Numbers and addresses
// show in it, masked: who gave the right password is no stranger, and has no use for typing a destination in full.
// An unknown user ID is answered as a wrong password is, in the same time; and in private disclosure a locked account too.
// signed_in stays open until the flow expires, so that the grant of the session can be asked for again when its answer was
// lost; a reset of the password ends it.

// maxPassword is the longest password that is asked about, in bytes: a longer one is wrong without hashing it.
const maxPassword = 4096

// signIn asks the directory about a user ID and a password.
func (o *operation) signIn(ctx context.Context, sub submission, in app.SignIn) (app.Flow, error) {
	admit := func(f *flow) error { return f.admitName(limit.NetworkSignIn, sub, in.UserID) }
	look := func(f *flow) error { return f.mayName(limit.NetworkSignIn, sub, in.UserID) }
	return o.consider(ctx, sub, look, func() (app.Flow, error) {
		userID, _ := typed.UserID(in.UserID)
		account, known, err := o.FindAccount(ctx, userID)
		if err != nil {
			return o.directoryDown(ctx, sub, err, admit)
		}
		if unknown := o.unknownAccount(account.UserID).ID; !known { // made for everybody, so that it takes as long
			account.ID = unknown
		}
		private := !o.Policy().Feature.HelpfulTo(sub.caller.Origin)
		p := o.newTry(passwordTry{private: private, account: account, known: known}, in.Password)
		return p.judge(ctx, sub, admit, func(f *flow, verdict error) error { return p.settle(f, verdict) })
	})
}

// admitted lets those on who were admitted before.
func admitted(*flow) error { return nil }

// mayName reports what admitName would refuse, and counts nothing.
func (f *flow) mayName(use limit.NetworkUse, sub submission, given string) error {
	if _, err := typed.UserID(given); err != nil {
		return err
	}
	return f.op.CheckNetwork(f.tx, use, sub.caller.Origin)
}

// admitName checks a user ID's form and counts the try for the network address that it came from.
func (f *flow) admitName(use limit.NetworkUse, sub submission, given string) error {
	userID, err := typed.UserID(given)
	if err != nil {
		return err
	}
	f.s.Typed = userID
	return f.op.ThrottleNetwork(f.tx, use, sub.caller.Origin)
}
