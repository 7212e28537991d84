package backend

import (
	"errors"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// A gate is passed by one method (or two gates by one security key: keys.go); a registration goes through one method's Enrol in the same way.
//
//	          ┌──────────── Back ─────────────┐
//	          ▼                               │
//	choose ──Choose──▶ method ──proven──▶ gate passed (or method registered)
//	   ▲                │  ▲
//	   │                │  └── wrong (a try is gone), Resend, Choose another (each keeps its own tries)
//	   └──5th wrong ────┘
//	      (the gate has ended: counted for the recovery lock, over which a security key alone leads on: recovery.go)

// enterGate leads to the gate at hand: to the choice, past it where there is only one way, or to the refusal where none
// is left; and on, where every gate is passed.
func (t *talk) enterGate() error {
	t.s.Kind = ""
	if t.resetting() && t.s.left() <= 0 { // passed before a refusal that is over
		t.through()
		return nil
	}
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	if t.stuck(creds) {
		if t.secretive() && !t.decoy() { // a method was taken away since the flow began
			t.mislead(t.noWay())
			t.s.Attempts = nil
			return t.enterGate()
		}
		t.strand()
		return nil
	}
	ways := t.offered(creds)
	t.s.At = atChoose
	switch len(ways) {
	case 0: // the key was taken away since
		t.block(t.locked(), t.s.KeyOnly)
		return nil
	case 1:
		return t.begin(ways[0])
	}
	return nil
}

// choose takes a way that is offered.
func (t *talk) choose(kind app.Kind) error {
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	var open []app.Choice
	offering := t.enrolling() || t.s.At == atInfo
	switch {
	case t.s.At == atMethod:
		open = t.others(creds)
	case offering:
		open = t.b.enrolChoices(creds, t.s.Who.Admin)
	default:
		open = t.choices(creds)
	}
	for _, choice := range open {
		if choice.Kind != kind {
			continue
		}
		if offering && full(creds, kind) {
			return &app.Error{Code: app.CodeLimit}
		}
		if offering && t.s.At != atMethod {
			return t.guarded(wanted{What: addOne, Kind: kind})
		}
		return t.take(kind)
	}
	return &app.Error{Code: app.CodeNotNow}
}

// take begins a method's conversation, or goes on with it where it was left.
func (t *talk) take(kind app.Kind) error {
	before := t.s.Kind
	t.s.Kind = kind
	if t.s.attempt() == nil || len(t.s.attempt().State) == 0 {
		if err := t.turn(nil); err != nil {
			t.s.Kind = before
			return err
		}
		return nil
	}
	t.s.At = atMethod
	return nil
}

// turn gives the method at hand its turn and carries out what it led to. Where the policy no longer allows the method, the
// person goes back to what it does allow.
func (t *talk) turn(in app.Input) error {
	if !slices.Contains(t.b.offered(t.s.Who.Admin), t.s.Kind) {
		if t.enrolling() {
			return t.home()
		}
		return t.enterGate()
	}
	if t.enrolling() {
		return t.enrol(in)
	}
	return t.prove(in)
}

// asTurn is what the method gets to know.
func (t *talk) asTurn(creds []port.CredentialRecord) app.Turn {
	turn := app.Turn{
		Now:       t.now,
		Rand:      t.b.c.Rand,
		Person:    t.s.Who.Person,
		Settings:  t.b.settings(),
		Siblings:  siblings(creds, t.s.Kind),
		Variants:  t.taken(creds),
		TriesLeft: t.triesLeft(t.s.Kind),
		Proven:    len(t.s.Passed) > 0 || !t.resetting(),
	}
	if a := t.s.attempt(); a != nil {
		turn.State = a.State
	}
	return turn
}

// taken are the variants of the method at hand that there are; where one is set up anew, all but that one.
func (t *talk) taken(creds []port.CredentialRecord) []string {
	old := t.replaced(creds)
	if old == nil || old.Variant == "" {
		return variants(creds, t.s.Kind)
	}
	uses := []string{string(app.PhoneMobile), string(app.PhoneAlternate), string(app.PhoneOffice)}
	return slices.DeleteFunc(uses, func(use string) bool { return use == old.Variant })
}

// triesLeft counts down across resends and switches.
func (t *talk) triesLeft(kind app.Kind) int {
	left := t.b.policy().Codes.Tries
	if a := t.s.Attempts[kind]; a != nil {
		left -= a.Wrong
	}
	return max(left, 0)
}

// keep puts a method's state and step beside the tries that it has used.
func (t *talk) keep(r app.Result) error {
	step, err := saveStep(r.Step)
	if err != nil {
		return err
	}
	if t.s.Attempts == nil {
		t.s.Attempts = make(map[app.Kind]*attempt)
	}
	a := t.s.attempt()
	if a == nil {
		a = &attempt{}
		t.s.Attempts[t.s.Kind] = a
	}
	a.State, a.Step = r.State, step
	if r.Notice != nil {
		t.s.Notice = r.Notice
	}
	t.s.At = atMethod
	return nil
}

// prove lets the method at hand judge an input with each credential of its kind: a code of any of them passes.
func (t *talk) prove(in app.Input) error {
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	if elsewhere, err := t.meetLock(creds); elsewhere || err != nil {
		return err
	}
	var wrong app.Result
	if creds, err = t.amongDecoys(t.carrying(t.serving(creds))); err != nil {
		return err
	}
	for _, c := range creds {
		if c.Kind != t.s.Kind {
			continue
		}
		turn := t.asTurn(creds)
		turn.Credential = c.Secret
		r, err := t.b.method(c.Kind).Prove(turn, in)
		if err != nil {
			return methodFailure(err)
		}
		if (t.noProof() || isDecoy(c)) && r.Verdict == app.Proven {
			r = t.unlucky()
		}
		if err := t.used(c, r); err != nil {
			return err
		}
		switch {
		case r.Verdict == app.Proven:
			return t.passGate(r.Double && t.single(creds, c.Kind) && t.b.double(c, t.s.Who.Admin))
		case r.Verdict == app.Undecided:
			return t.goOn(r)
		case r.Copied && !t.decoy():
			wrong = r
		case wrong.Copied:
		case wrong.Verdict != app.Wrong || r.Why != app.CodeWrongCode:
			wrong = r
		}
	}
	if wrong.Verdict != app.Wrong { // the credential was taken away meanwhile
		return t.enterGate()
	}
	return t.wrong(wrong)
}

// used keeps what a turn changed of a credential: a code that was used stays used, whatever the verdict.
func (t *talk) used(c port.CredentialRecord, r app.Result) error {
	if r.Update == nil && r.Verdict != app.Proven {
		return nil
	}
	if t.decoy() {
		return t.noteUpdate(c.Kind)
	}
	if r.Update != nil {
		c.Secret = r.Update
	}
	if r.Verdict == app.Proven {
		c.LastUsed = t.now
		if err := t.confirmContact(&c); err != nil {
			return err
		}
	}
	return t.tx.PutCredential(c)
}

// goOn shows a method's next step and sends what it wants sent.
func (t *talk) goOn(r app.Result) error {
	if err := t.send(r.Send); err != nil {
		return err
	}
	return t.keep(r)
}

// wrong takes a try away; the last one ends the gate.
func (t *talk) wrong(r app.Result) error {
	t.counted = true
	if err := t.keep(r); err != nil {
		return err
	}
	if r.Copied {
		e := event{action: string(t.rec.Purpose) + ".copied", result: resultFailed, reason: keyCloned, method: t.s.Kind}
		if err := t.audit(e); err != nil {
			return err
		}
	}
	a := t.s.attempt()
	a.Wrong++
	closes, err := t.countWrong()
	if err != nil {
		return err
	}
	left := t.triesLeft(t.s.Kind)
	if left > 0 && closes == lockOpen {
		return &app.Error{Code: r.Why, Field: fieldOf(a.Step), TriesLeft: left}
	}
	return t.endGate(closes)
}

// fieldOf names the field that a step's answer came from; empty where nobody typed it.
func fieldOf(step savedStep) string {
	switch {
	case step.Address != nil:
		return "address"
	case step.Phone != nil:
		return "number"
	case step.Answer != nil:
		return "answers"
	case step.Key != nil:
		return ""
	}
	return "code"
}

// endGate closes an attempt without a try left, or the last one before a lock. In a reset it counts for the recovery lock.
func (t *talk) endGate(closes grade) error {
	kind := t.s.Kind
	delete(t.s.Attempts, kind)
	t.s.Kind = ""
	t.s.Notice = &app.Notice{Code: app.NoticeGateEnded, Kind: kind}
	if err := t.audit(event{action: string(t.rec.Purpose) + ".gate", result: resultFailed, reason: app.CodeGateEnded, method: kind}); err != nil {
		return err
	}
	if t.enrolling() {
		if err := t.home(); err != nil {
			return err
		}
		return &app.Error{Code: app.CodeGateEnded}
	}
	l, err := t.countEndedGate(closes)
	if err != nil {
		return err
	}
	t.s.At = atChoose
	if t.free(l) {
		return &app.Error{Code: app.CodeGateEnded}
	}
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	if t.barred(l, creds) {
		t.s.Notice = nil
		return &app.Error{Code: t.locked(), RetryAt: l.until}
	}
	return &app.Error{Code: app.CodeGateEnded}
}

// passGate goes on: to the next gate, to the new password or the choice to keep the old one, or to what the proof was asked for.
func (t *talk) passGate(double bool) error {
	kind := t.s.Kind
	t.s.Passed = append(t.s.Passed, kind)
	t.s.Doubled = t.s.Doubled || double
	t.s.Notice = &app.Notice{Code: app.NoticeGatePassed, Kind: kind}
	if err := t.audit(event{action: string(t.rec.Purpose) + ".gate", result: resultSucceeded, method: kind}); err != nil {
		return err
	}
	t.s.Kind, t.s.Attempts = "", nil
	if !t.resetting() {
		return t.verified(kind)
	}
	return t.enterGate()
}

// through leads on from the last gate.
func (t *talk) through() {
	t.s.At = atPassword
	if t.mayUnlock() {
		t.s.At = atUnlock
	}
}

// noTime stands where waiting does not help.
var noTime time.Time

// block refuses what the person can't mend here; until says when it may be tried again, if time helps.
func (t *talk) block(code app.Code, until time.Time) {
	t.s.At, t.s.Blocked, t.s.Until = atBlocked, code, until
}

// methodFailure keeps a method's refusal; anything else that it returns is ours to mend.
func methodFailure(err error) error {
	var known *app.Error
	if errors.As(err, &known) {
		return known
	}
	return app.Errorf(app.CodeInternal, "a method failed: %w", err)
}
