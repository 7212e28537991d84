package rules

import (
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// ForSubject leaves out, for an administrator, what was entered: somebody who was helped by contacts may have become one
// since.
func (r Rules) ForSubject(creds Credentials) Credentials {
	if r.subject.Admin {
		return creds.ForAdministrator()
	}
	return creds
}

// Registered reports whether enough different methods are registered that can serve a reset; one that counts as two gates
// counts as two here, too.
func (r Rules) Registered(creds Credentials) bool { return r.Missing(r.ForSubject(creds)) == 0 }

// Settled reports whether the first registration is over: enough was registered once, and not all of it is gone. What is
// added from then on has to cool off.
func (r Rules) Settled(creds Credentials) bool {
	return r.Missing(creds) == 0 || slices.ContainsFunc(creds, func(c port.CredentialRecord) bool { return c.Settled })
}

// Missing is how many methods lack among credentials for a reset.
func (r Rules) Missing(creds Credentials) int {
	return max(r.Needed()-r.GatesCovered(creds, r.Kinds(creds)), 0)
}

// Kinds are the different ones among credentials that the policy allows, strongest first.
func (r Rules) Kinds(creds Credentials) []app.Kind {
	var have []app.Kind
	for _, kind := range r.Offered() {
		if slices.ContainsFunc(creds, func(c port.CredentialRecord) bool { return c.Kind == kind }) {
			have = append(have, kind)
		}
	}
	return have
}

// GatesCovered is how many gates credentials of these kinds are good for: each gate takes another kind and another device,
// and one that counts as two is good for two.
func (r Rules) GatesCovered(creds Credentials, kinds []app.Kind) int {
	covered := creds.devices(kinds)
	for _, kind := range kinds {
		if r.HasDouble(creds, kind) {
			covered++
		}
	}
	return covered
}

// CountsAsTwo reports whether a credential may count as two gates of a reset:
//
//	policy: counts_as_two ─┐
//	no administrator ──────┤
//	registered by its own ─┼─ all ──▶ one key is both gates
//	method: verified at    │
//	 registering, model ───┘
//
// The method says besides whether the proof at hand was verified.
func (r Rules) CountsAsTwo(c port.CredentialRecord) bool {
	method, is := r.methods(c.Kind).(app.Doubling)
	return is && !r.subject.Admin && c.Own && r.policy.SecurityKey.CountsAsTwo && method.Double(MethodSettings(r.policy), c.Secret)
}

// HasDouble reports whether a kind has a credential that counts as two.
func (r Rules) HasDouble(creds Credentials, kind app.Kind) bool {
	return slices.ContainsFunc(creds, func(c port.CredentialRecord) bool { return c.Kind == kind && r.CountsAsTwo(c) })
}

// Passable reports whether credentials of these kinds can pass that many gates, two at most.
func (r Rules) Passable(creds Credentials, kinds []app.Kind, gates int) bool {
	return r.GatesCovered(creds, kinds) >= gates
}

// PassableApart is Passable where each gate takes a method of its own, and none counts as two.
func (r Rules) PassableApart(creds Credentials, kinds []app.Kind, gates int) bool {
	return creds.devices(kinds) >= gates
}

// ContactsServe reports whether contacts that nobody confirmed may pass the gates of the subject's resets.
func (r Rules) ContactsServe() bool {
	return !r.subject.Admin && (r.subject.HadNoPassword || r.policy.Registration.ContactsMayReset)
}

// CanReset reports whether an account can be reset at now, as far as its own part goes: no lock counts.
func (r Rules) CanReset(account port.DirectoryAccount, creds Credentials, now time.Time) bool {
	creds = creds.CooledOff(now)
	if !r.ContactsServe() {
		creds = r.ForSubject(creds.Confirmed())
	}
	return Refusal(r.policy, account) == "" && r.Passable(creds, r.Kinds(creds), r.Gates())
}
