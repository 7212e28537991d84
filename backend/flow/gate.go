package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/rules"
)

// A gate is passed by one method (or two gates by one security key: gate_double.go); a registration goes through one method's Enrol in the same way.
//
//	          ┌──────────── Back ─────────────┐
//	          ▼                               │
//	choose ──Choose──▶ method ──proven──▶ gate passed (or method registered)
//	   ▲                │  ▲
//	   │                │  └── wrong (a try is gone), Resend, Choose another (each keeps its own tries)
//	   └──5th wrong ────┘
//	      (the gate has ended: counted for the recovery lock, over which a security key alone leads on: gate_lock.go)

// enterGate leads to the gate at hand: to the choice, past it where there is only one way, or to the refusal where none
// is left; and on, where every gate is passed.
func (f *flow) enterGate() error {
	f.s.Kind = ""
	if f.purpose.recovers() && f.s.left() <= 0 { // passed before a refusal that is over
		if err := f.lift(); err != nil {
			return err
		}
		f.leaveGates()
		return f.endRow()
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	if f.noWayLeft(creds) {
		if f.secretive() && !f.decoy() { // a method was taken away since the flow began
			f.becomeDecoy(f.noWay())
			f.s.Attempts = nil
			return f.enterGate()
		}
		f.blockTooFewMethods()
		return nil
	}
	kinds := f.offered(creds)
	f.s.At = atChoose
	switch len(kinds) {
	case 0: // the key was taken away since
		f.block(f.locked(), f.s.KeyOnly)
		return nil
	case 1:
		return f.begin(kinds[0])
	}
	return nil
}

// choose takes a way that is offered.
func (f *flow) choose(kind app.Kind) error {
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	var open []app.Choice
	offering := f.enrolling() || f.s.At == atInfo
	switch {
	case f.s.At == atMethod:
		open = f.others(creds)
	case offering:
		open = f.rules().EnrolChoices(creds)
	default:
		open = f.choices(creds)
	}
	for _, choice := range open {
		if choice.Kind != kind {
			continue
		}
		if offering && creds.Full(kind) {
			return &app.Error{Code: app.CodeLimit}
		}
		if offering && f.s.At != atMethod {
			return f.requireFreshProof(pendingChange{What: addOne, Kind: kind})
		}
		return f.take(kind)
	}
	return &app.Error{Code: app.CodeNotNow}
}

// take begins a method's conversation, or goes on with it where it was left.
func (f *flow) take(kind app.Kind) error {
	if err := f.setStandIn(kind); err != nil {
		return err
	}
	before := f.s.Kind
	f.s.Kind = kind
	if f.s.attempt() == nil || len(f.s.attempt().State) == 0 {
		if err := f.turn(nil); err != nil {
			f.s.Kind = before
			return err
		}
		return nil
	}
	f.s.At = atMethod
	return nil
}

// turn gives the method at hand its turn and carries out what it led to. Where the policy no longer allows the method, the
// person goes back to what it does allow.
func (f *flow) turn(in app.Input) error {
	if !f.rules().Offers(f.s.Kind) {
		if f.enrolling() {
			return f.home()
		}
		return f.enterGate()
	}
	if f.enrolling() {
		return f.enrol(in)
	}
	return f.prove(in)
}

// asTurn is what the method gets to know.
func (f *flow) asTurn(creds rules.Credentials) app.Turn {
	turn := app.Turn{
		Now:       f.now,
		Rand:      f.op.Rand,
		Person:    f.s.Subject.Person,
		Settings:  f.op.Settings(),
		Siblings:  creds.Secrets(f.s.Kind),
		Variants:  f.taken(creds),
		TriesLeft: f.triesLeft(f.s.Kind),
		Proven:    len(f.s.Passed) > 0 || !f.purpose.recovers(),
		Private:   f.secretive(),
	}
	if a := f.s.attempt(); a != nil {
		turn.State = a.State
	}
	return turn
}

// taken are the variants of the method at hand that there are; where one is set up anew, all but that one.
func (f *flow) taken(creds rules.Credentials) []string {
	old := f.replaced(creds)
	if old == nil || old.Variant == "" {
		return creds.Variants(f.s.Kind)
	}
	uses := []string{string(app.PhoneMobile), string(app.PhoneAlternate), string(app.PhoneOffice)}
	return slices.DeleteFunc(uses, func(use string) bool { return use == old.Variant })
}

// triesLeft counts down across resends and switches.
func (f *flow) triesLeft(kind app.Kind) int {
	left := f.op.Policy().Codes.Tries
	if a := f.s.Attempts[kind]; a != nil {
		left -= a.Wrong
	}
	return max(left, 0)
}

// keep puts a method's state and step beside the tries that it has used.
func (f *flow) keep(r app.Result) error {
	if err := keepable(r.Step); err != nil {
		return err
	}
	if f.s.Attempts == nil {
		f.s.Attempts = make(map[app.Kind]*attempt)
	}
	a := f.s.attempt()
	if a == nil {
		a = &attempt{}
		f.s.Attempts[f.s.Kind] = a
	}
	a.State, a.Step = r.State, r.Step
	if r.Notice != nil {
		f.s.Notice = r.Notice
	}
	f.s.At = atMethod
	return nil
}
