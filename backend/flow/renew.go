package flow

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Where the directory says of the right password that it has to be changed (it has expired, or is the help desk's), signing in
// goes on to a new one, behind the gate and before the session:
//
//	sign_in ──right, must change──▶ gate, as ever ──▶ password ──GivePassword──▶ confirming ──▶ signed_in
//
// Whoever may not be helped here is told why, and signs in once they have changed it elsewhere.

// signedIn leads on from the last gate of signing in.
func (f *flow) signedIn() {
	if f.s.At = atSignedIn; f.s.MustChange {
		f.askPassword()
	}
}

// askPassword leads to the new password, or says from when on the directory takes one.
func (f *flow) askPassword() {
	f.s.At = atPassword
	f.blockYoung(f.s.Subject.Directory.ResetFrom)
}

// signsIn reports whether a session is opened once the password is set.
func (f *flow) signsIn() bool { return !f.purpose.ofSession() && !f.purpose.recovers() }

// beginRenewal begins to write in place of a password that has to be changed. Whoever gave one that is not the account's any
// more has no say, and a proof counts as long as the policy allows its method.
func (f *flow) beginRenewal(account port.DirectoryAccount) error {
	switch {
	case f.s.Stamp != "" && account.Stamp != "" && f.s.Stamp != account.Stamp:
		return &app.Error{Code: app.CodeEnded}
	case f.s.ProvenBy != "" && !f.rules().Offers(f.s.ProvenBy):
		f.s.ProvenBy = ""
		return f.verify()
	}
	return f.markPending(account)
}
