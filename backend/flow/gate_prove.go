package flow

import (
	"errors"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// prove lets the method at hand judge an input with each credential of its kind: a code of any of them passes.
func (f *flow) prove(in app.Input) error {
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	if elsewhere, err := f.checkLock(creds); elsewhere || err != nil {
		return err
	}
	if err := f.checkStart(in); err != nil {
		return err
	}
	if creds, err = f.addDecoyKeys(f.leadingOn(f.forGate(creds))); err != nil {
		return err
	}
	tried := creds.Of(f.s.Kind)
	if in == nil && f.secretive() { // a code goes to one, and the person is not asked which
		slices.SortStableFunc(tried, func(x, y port.CredentialRecord) int { return y.LastUsed.Compare(x.LastUsed) })
	}
	var wrong app.Result
	for _, c := range tried {
		r, err := f.proveWith(c, creds, in)
		if err != nil {
			return err
		}
		switch r.Verdict {
		case app.Proven:
			return f.passGate(r.Double && f.coversBothGates(creds, c.Kind) && f.rules().CountsAsTwo(c))
		case app.Undecided:
			return f.goOn(r)
		}
		wrong = f.tellingMore(wrong, r)
	}
	if wrong.Verdict != app.Wrong { // the credential was taken away meanwhile
		return f.enterGate()
	}
	return f.wrong(wrong)
}

// proveWith lets the method judge an input with one credential, and keeps what that changed of it.
func (f *flow) proveWith(c port.CredentialRecord, beside rules.Credentials, in app.Input) (app.Result, error) {
	turn := f.asTurn(beside)
	turn.Credential = c.Secret
	r, err := f.op.Method(c.Kind).Prove(turn, in)
	if err != nil {
		return app.Result{}, methodFailure(err)
	}
	if (f.noProof() || isDecoy(c)) && r.Verdict == app.Proven {
		r = f.refusedAsWrong()
	}
	return r, f.used(c, r)
}

// tellingMore is the one of two wrong results that says more: that a key may be a copy before anything else, and any reason
// before a plain wrong code.
func (f *flow) tellingMore(before, r app.Result) app.Result {
	switch {
	case r.Copied && !f.decoy():
		return r
	case before.Copied:
		return before
	case before.Verdict != app.Wrong || r.Why != app.CodeWrongCode:
		return r
	}
	return before
}

// used keeps what a turn changed of a credential: a code that was used stays used, whatever the verdict.
func (f *flow) used(c port.CredentialRecord, r app.Result) error {
	if r.Update == nil && r.Verdict != app.Proven {
		return nil
	}
	if f.decoy() {
		return f.noteUpdate(c.Kind)
	}
	if r.Update != nil {
		c.Secret = r.Update
	}
	if r.Verdict == app.Proven {
		c.LastUsed = f.now
		if err := f.confirmContact(&c); err != nil {
			return err
		}
	}
	if err := f.tx.PutCredential(c); err != nil || r.Verdict != app.Proven {
		return err
	}
	return f.settle()
}

// goOn shows a method's next step and sends what it wants sent.
func (f *flow) goOn(r app.Result) error {
	message, err := f.send(r.Send)
	if err != nil {
		return err
	}
	if err := f.keep(r); err != nil {
		return err
	}
	if len(r.Send) == 0 {
		return nil
	}
	before := f.s.attempt().Message
	f.s.attempt().Message = message
	return f.drop(before)
}

// wrong takes a try away; the last one ends the gate.
func (f *flow) wrong(r app.Result) error {
	f.counted = true
	if err := f.keep(r); err != nil {
		return err
	}
	if r.Copied {
		e := event{action: string(f.rec.Purpose) + ".copied", result: core.Failed, reason: core.KeyCloned, method: f.s.Kind}
		if err := f.audit(e); err != nil {
			return err
		}
	}
	a := f.s.attempt()
	a.Wrong++
	closes, err := f.countWrong()
	if err != nil {
		return err
	}
	left := f.triesLeft(f.s.Kind)
	if left > 0 && closes == lockOpen {
		return &app.Error{Code: r.Why, Field: fieldOf(a.Step), TriesLeft: left}
	}
	return f.endGate(closes)
}

// fieldOf names the field that a step's answer came from; empty where nobody typed it.
func fieldOf(step app.Step) string {
	switch step.(type) {
	case app.EnterAddress:
		return "address"
	case app.EnterPhone:
		return "number"
	case app.AnswerQuestions:
		return "answers"
	case app.UseKey:
		return ""
	}
	return "code"
}

// endGate closes an attempt without a try left, or the last one before a lock. In a reset it counts for the recovery lock.
func (f *flow) endGate(closes grade) error {
	kind := f.s.Kind
	delete(f.s.Attempts, kind)
	f.s.Kind = ""
	f.s.Notice = &app.Notice{Code: app.NoticeGateEnded, Kind: kind}
	if err := f.audit(event{action: string(f.rec.Purpose) + ".gate", result: core.Failed, reason: app.CodeGateEnded, method: kind}); err != nil {
		return err
	}
	if f.enrolling() {
		if err := f.home(); err != nil {
			return err
		}
		return &app.Error{Code: app.CodeGateEnded}
	}
	l, err := f.countEndedGate(closes)
	if err != nil {
		return err
	}
	f.s.At = atChoose
	if f.capped && !f.shut && kind != app.KindSecurityKey { // the key is no way to go on guessing at the other gate
		f.block(f.locked(), noTime)
		return &app.Error{Code: f.locked()}
	}
	if f.lockIgnored(l) {
		return &app.Error{Code: app.CodeGateEnded}
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	if f.applyLock(l, creds) {
		f.s.Notice = nil
		return &app.Error{Code: f.locked(), RetryAt: whenOver(l.until)}
	}
	return &app.Error{Code: app.CodeGateEnded}
}

// passGate goes on: to the next gate, to the new password or the choice to keep the old one, or to what the proof was asked for.
func (f *flow) passGate(double bool) error {
	if err := f.noteStart(); err != nil {
		return err
	}
	kind := f.s.Kind
	f.s.Passed = append(f.s.Passed, kind)
	f.s.CountsAsTwo = f.s.CountsAsTwo || double
	f.s.Notice = &app.Notice{Code: app.NoticeGatePassed, Kind: kind}
	if err := f.audit(event{action: string(f.rec.Purpose) + ".gate", result: core.Succeeded, method: kind}); err != nil {
		return err
	}
	f.s.Kind, f.s.Attempts = "", nil
	if !f.purpose.recovers() && f.s.left() <= 0 {
		return f.verified(kind)
	}
	return f.enterGate()
}

// leaveGates leads on from the last gate.
func (f *flow) leaveGates() {
	if f.s.At = atUnlock; !f.mayUnlock() {
		f.askPassword()
	}
}

// methodFailure keeps a method's refusal; anything else that it returns is ours to mend.
func methodFailure(err error) error {
	var known *app.Error
	if errors.As(err, &known) {
		return known
	}
	return app.Errorf(app.CodeInternal, "a method failed: %w", err)
}
