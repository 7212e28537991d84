package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/rules"
)

// credentials are the account's that may be used in this flow, oldest first; none while nobody is known.
func (f *flow) credentials() (rules.Credentials, error) {
	all, err := f.onFile()
	return f.eligible(all), err
}

// eligible are those on file that may be used in this flow.
func (f *flow) eligible(all rules.Credentials) rules.Credentials {
	switch {
	case f.contactsServe():
		return all
	case f.purpose.recovers():
		return f.rules().ForSubject(all.Confirmed())
	}
	return all.Confirmed()
}

// onFile are all of the account's, contacts that nobody confirmed among them; decoys in a decoy.
func (f *flow) onFile() (rules.Credentials, error) {
	if f.rec.Account == "" || f.s.At == atSignIn { // before the password is right, the time must not tell how many there are
		return nil, nil
	}
	if !f.secretive() {
		return f.tx.Credentials(f.rec.Account)
	}
	creds, err := f.readSecretly()
	if err != nil {
		return nil, err
	}
	decoys, err := f.makeDecoys() // for a real flow too, so that it takes as long
	if f.decoy() {
		return decoys, err
	}
	return creds, err
}

// forGate are the credentials that a gate of this flow takes, none by a number that has passed one: in a reset, and in
// place of a key, those that have cooled off, elsewhere all.
func (f *flow) forGate(creds rules.Credentials) rules.Credentials {
	if f.purpose.recovers() || f.standsIn() {
		creds = creds.CooledOff(f.now)
	}
	if f.s.Frozen {
		creds = creds.OlderThan(f.s.Before)
	}
	return creds.NotUsed(f.s.PassedBy)
}

// ways are the kinds that may pass the gate at hand: registered, usable, and not passed already. After a password the
// verification methods alone may, and for a change of the security info the strongest of them, or what stands in for it.
func (f *flow) ways(creds rules.Credentials) []app.Kind {
	switch {
	case f.s.Pending != nil:
		return f.changeWays(creds)
	case !f.purpose.recovers():
		return f.rules().Verifying(creds)
	}
	return slices.DeleteFunc(f.rules().Kinds(f.forGate(creds)), f.s.passed)
}

// offered are the ways that are shown: all, or a security key alone.
func (f *flow) offered(creds rules.Credentials) []app.Kind {
	ways := f.ways(creds)
	if f.keyOnly() {
		return slices.DeleteFunc(ways, func(kind app.Kind) bool { return kind != app.KindSecurityKey })
	}
	return ways
}

// enough reports whether the ways that are left can pass the gates that are left.
func (f *flow) enough(creds rules.Credentials) bool {
	ways, left := f.ways(creds), f.s.left()
	if !f.purpose.recovers() {
		return len(ways) >= left
	}
	return f.passable(f.forGate(creds), ways, left)
}

// passable reports whether credentials of these kinds can pass that many gates of this flow.
func (f *flow) passable(creds rules.Credentials, kinds []app.Kind, gates int) bool {
	if f.s.Frozen {
		return f.rules().PassableApart(creds, kinds, gates)
	}
	return f.rules().Passable(creds, kinds, gates)
}

// strand blocks whoever has too few ways to pass the gates.
func (f *flow) blockTooFewMethods() { f.block(f.noWay(), noTime) }

// noWay is the code of too few ways.
func (f *flow) noWay() app.Code {
	if f.s.Frozen {
		return app.CodeFrozen
	}
	if f.s.Subject.HadNoPassword {
		return app.CodeNoWayYet
	}
	return app.CodeNotVerified
}
