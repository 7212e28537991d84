package backend_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
)

// faultFlow is a conversation that goes on whatever fails, until it is over.
type faultFlow struct {
	name    string
	purpose app.Purpose
	state   trial.State
	sets    int         // passwords
	fact    app.Fact    // of its end; empty for a sign-in
	told    []tellingOf // what the audit trail says succeeded, in the end
	renew   bool        // the password has to be changed
}

type tellingOf struct {
	action string
	times  int
}

var faultFlows = []faultFlow{
	{"unlock", app.PurposeReset, trial.Locked, 0, app.FactUnlocked, []tellingOf{{"reset.unlocked", 1}, {"reset.gate", 2}}, false},
	{"first password by a pass", app.PurposeSignIn, trial.New, 1, "", []tellingOf{{"pass.use", 1}, {"sign_in.write", 1}}, false},
	{"a password that has to be changed", app.PurposeSignIn, trial.Registered, 1, "", []tellingOf{{"sign_in.gate", 1}, {"sign_in.write", 1}}, true},
	{"a change", app.PurposeChange, trial.Registered, 1, app.FactPasswordSet, []tellingOf{{"change_password.write", 1}}, false},
	{"first password by contacts", app.PurposeReset, trial.Never, 1, app.FactFirstPassword, []tellingOf{{"contact.confirmed", 2}, {"reset.write", 1}}, false},
}

// TestEveryFaultOfEveryCall lets each call that a flow makes fail once, before and after it happened: the flow still
// comes to its end, and what the audit trail claims has happened, once.
func TestEveryFaultOfEveryCall(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	for _, flow := range faultFlows {
		none := &faults{at: -1}
		flow.run(t, none)
		if none.made() < 8 {
			t.Fatalf("%s makes calls: %v", flow.name, none.calls)
		}
		for at, call := range none.calls {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s, call %d, after it happened %v", flow.name, call, at, after), func(t *testing.T) {
					flow.run(t, &faults{at: at, after: after})
				})
			}
		}
	}
}

// driven is a faultFlow under way.
type driven struct {
	*talk
	faultFlow
	dead   bool   // its server
	hangUp func() // of what it was asked last
	revive func() // has another one
	person trial.Person
	pass   app.Secret
	caller app.Caller
	before int // the stamp
}

func (f faultFlow) run(t *testing.T, faults *faults) {
	d := f.drive(newWorld(t, everyContact))
	d.w.faulty(faults)
	d.begin()
	d.goOn()
}

// drive makes ready for a flow.
func (f faultFlow) drive(w *world) *driven {
	w.t.Helper()
	d := &driven{talk: &talk{w: w}, faultFlow: f, person: someone(f.state)}
	d.caller = app.Caller{Origin: here}
	switch {
	case f.renew:
		w.becomes(d.person, mustChange)
	case f.purpose == app.PurposeSignIn:
		d.pass = w.pass(d.person, false).Code
	case f.purpose == app.PurposeChange:
		var err error
		d.caller, err = w.caller(w.signIn(d.person).Access)
		w.ok(err)
		d.caller.Origin = here
	}
	d.before = w.stampOf(d.person)
	return d
}

// goOn goes on until the flow is over.
func (d *driven) goOn() {
	d.w.t.Helper()
	for range 40 {
		if d.over() {
			d.check()
			return
		}
		d.step()
		d.claimsNothing()
	}
	d.w.t.Fatalf("the flow is stuck at %T %+v", d.flow.Now, d.flow.Now)
}

func (w *world) stampOf(p trial.Person) int {
	w.t.Helper()
	account, err := w.dir.Directory.Account(w.t.Context(), p.ID)
	w.ok(err)
	n, err := strconv.Atoi(account.Stamp)
	w.ok(err)
	return n
}

func (d *driven) begin() {
	d.w.t.Helper()
	start := app.Start{Purpose: d.purpose, Key: d.w.key()}
	ctx := app.WithCaller(d.w.t.Context(), d.caller)
	err := d.tell(ctx, func(ctx context.Context) (err error) { d.flow, err = d.w.Start(ctx, start); return err })
	if err != nil { // the same intent once more
		d.flow, err = d.w.Start(ctx, start)
	}
	d.w.ok(err)
	d.ctx = d.w.as(d.flow.ID)
}

// step answers what is asked; the same once more, and then what is asked by now, where that failed.
func (d *driven) step() {
	d.w.t.Helper()
	in, key := d.answer(), d.w.key()
	for range 2 {
		var flow app.Flow
		err := d.tell(d.ctx, func(ctx context.Context) (err error) {
			flow, err = d.w.Submit(ctx, d.flow.ID, d.flow.Rev, key, in)
			return err
		})
		if err == nil {
			d.flow = flow
			return
		}
		if code := app.CodeOf(err); code != app.CodeUnavailable && code != app.CodeMoved {
			d.w.t.Fatalf("%T at %T: %v", in, d.flow.Now, err)
		}
	}
	d.again()
}

// tell asks the server something. Whatever one answers that dies over that, nobody hears it, and another one is there then.
func (d *driven) tell(ctx context.Context, ask func(context.Context) error) error {
	ctx, d.hangUp = context.WithCancel(ctx)
	defer d.hangUp()
	err := ask(ctx)
	if !d.dead {
		return err
	}
	d.dead = false
	d.revive()
	return &app.Error{Code: app.CodeUnavailable}
}

func (d *driven) die() {
	d.dead = true
	d.hangUp()
}

func (d *driven) answer() app.Input {
	d.w.t.Helper()
	switch now := d.flow.Now.(type) {
	case app.EnterSignIn:
		if d.renew {
			return try(d.person, d.person.Password)
		}
		return with(d.person, d.pass)
	case app.EnterUserID:
		return app.GiveUserID{UserID: d.person.UserID}
	case app.Triage:
		if d.state == trial.Locked {
			return app.GiveReason{Reason: app.ReasonLocked}
		}
		return app.GiveReason{Reason: app.ReasonNever}
	case app.ChooseMethod:
		return app.Choose{Kind: now.Choices[0].Kind}
	case app.EnterPhone:
		return app.GivePhone{Number: d.person.Mobile}
	case app.EnterCode:
		return d.codeFor(now.Channel)
	case app.NewPassword:
		return app.GivePassword{Password: secret(newPassword)}
	case app.Confirming:
		return app.CheckAgain{}
	case app.ChooseUnlock:
		return app.GiveUnlock{Only: true}
	case app.CurrentPassword:
		return typed(d.person.Password)
	}
	d.w.t.Fatalf("the flow stands at %T %+v", d.flow.Now, d.flow.Now)
	return nil
}

// codeFor waits for the code, however often its delivery fails.
func (d *driven) codeFor(channel app.Kind) app.Input {
	d.w.t.Helper()
	switch channel {
	case app.KindAuthApp:
		return d.w.code(d.person)
	case app.KindEmail:
		return d.delivered(d.person.Mail)
	}
	return d.delivered(d.person.Mobile)
}

func (d *driven) delivered(to string) app.Input {
	d.w.t.Helper()
	for range 4 {
		_ = d.tell(d.ctx, d.w.Deliver) // what failed is tried again
		for _, m := range slices.Backward(d.w.post.Messages()) {
			if m.To == to && m.Code != "" {
				return app.GiveCode{Digits: app.NewSecret(m.Code)}
			}
		}
		d.w.clock.pass(time.Minute)
	}
	d.w.t.Fatalf("a code to %s was promised and never sent", to)
	return nil
}

func (d *driven) over() bool {
	switch d.flow.Now.(type) {
	case app.Done, app.SignedIn:
		return true
	}
	return false
}

// claimsNothing fails where the audit trail, or the page, says that something happened which did not.
func (d *driven) claimsNothing() {
	d.w.t.Helper()
	if d.w.audited("reset.unlocked", "succeeded") > 0 && d.w.isLocked(d.person) {
		d.w.t.Fatal("an unlock is claimed, and the account is locked")
	}
	written := d.w.audited("reset.write", "succeeded") + d.w.audited("sign_in.write", "succeeded") + d.w.audited("change_password.write", "succeeded")
	if done := d.w.stampOf(d.person) - d.before; (written > 0 || d.over()) && done != d.sets {
		d.w.t.Fatalf("%d passwords are claimed, %d were set", written, done)
	}
}

func (d *driven) check() {
	d.w.t.Helper()
	if end, is := d.flow.Now.(app.Done); is && !slices.Contains(end.Facts, d.fact) {
		d.w.t.Errorf("facts: %v, want %s among them", end.Facts, d.fact)
	}
	if d.w.isLocked(d.person) {
		d.w.t.Error("done, and the account is locked")
	}
	d.claimsNothing()
	for _, want := range d.told {
		if got := d.w.audited(want.action, "succeeded"); got != want.times {
			d.w.t.Errorf("%s succeeded %d times in the audit trail, want %d", want.action, got, want.times)
		}
	}
	password := newPassword
	if d.sets == 0 {
		password = d.person.Password
	}
	if err := d.w.dir.Directory.Verify(d.ctx, d.person.ID, secret(password)); err != nil {
		d.w.t.Errorf("the password in the end: %v", err)
	}
}
