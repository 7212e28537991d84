package rules

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
)

// What comes first once somebody has signed in: to register, as the policy has it, or to look over what was registered
// long ago.

// SignedIn is what Due asks about a session.
type SignedIn struct {
	ByPass    bool
	Confirmed time.Time // when its person last said that what is registered is right; zero for never
	Now       time.Time
}

// Due says what is due in a session of an account that may be helped here and holds creds.
func (r Rules) Due(s SignedIn, creds Credentials) app.Due {
	if !r.Registered(creds) {
		switch r.policy.Registration.Mode {
		case policy.ModeRequired:
			return app.DueRegister
		case policy.ModeOffered:
			return app.DueOffer
		}
		return ""
	}
	after := r.policy.Registration.ReconfirmAfter
	if s.ByPass || after == 0 {
		return ""
	}
	newest := s.Confirmed
	for _, c := range creds {
		if c.Added.After(newest) {
			newest = c.Added
		}
	}
	if s.Now.Sub(newest) <= after {
		return ""
	}
	return app.DueReconfirm
}

// NeedsPass reports whether what is registered first takes a pass: the policy asks for one, and there is nothing yet that
// would be stronger than the password.
func (r Rules) NeedsPass(creds Credentials) bool {
	return r.policy.Registration.First == policy.FirstPass && len(r.Strongest(creds)) == 0 && !r.Settled(creds)
}
