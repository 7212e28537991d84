package backend_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

func TestARepeatGetsTheSameAnswer(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	rev, key, wrong := k.flow.Rev, w.key(), w.wrongCode(ben)
	first, err1 := w.Submit(k.ctx, k.flow.ID, rev, key, wrong)
	w.clock.pass(time.Second)
	w.restart()
	again, err2 := w.Submit(k.ctx, k.flow.ID, rev, key, wrong)
	if app.CodeOf(err1) != app.CodeWrongCode || app.CodeOf(err2) != app.CodeWrongCode || first.Rev != again.Rev {
		t.Fatalf("first %v at %d, again %v at %d", err1, first.Rev, err2, again.Rev)
	}
	if got := err2.(*app.Error); got.TriesLeft != 4 || got.Field != "code" || got.Support != k.flow.Support || !got.At.Equal(w.clock.Now()) {
		t.Errorf("the refusal is not the same again: %+v", got)
	}
	if _, err := w.Submit(k.ctx, k.flow.ID, again.Rev, key, w.code(ben)); app.CodeOf(err) != app.CodeReused {
		t.Errorf("the same key with another code: %v", err)
	}
	rev, key = again.Rev, w.key()
	right := w.code(ben)
	passed, err := w.Submit(k.ctx, k.flow.ID, rev, key, right)
	w.ok(err)
	repeat, err := w.Submit(k.ctx, k.flow.ID, rev, key, right)
	w.ok(err)
	if repeat.Rev != passed.Rev || repeat.Now != passed.Now || len(w.messages()) != 1 {
		t.Errorf("a repeat had a second effect: %+v, then %+v, %d messages", passed.Now, repeat.Now, len(w.messages()))
	}
}

func TestAnInputForAnotherRevisionIsRefused(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	for _, rev := range []int{k.flow.Rev - 1, k.flow.Rev + 1} {
		flow, err := w.Submit(k.ctx, k.flow.ID, rev, w.key(), w.code(ben))
		if app.CodeOf(err) != app.CodeMoved || flow.Rev != k.flow.Rev {
			t.Errorf("revision %d at %d: %v, with the flow at %d", rev, k.flow.Rev, err, flow.Rev)
		}
	}
	k.must(w.code(ben))
}

func TestOnlyTheHolderOfAFlowMayUseIt(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k, other := w.reset(ben), w.reset(ben)
	for name, ctx := range map[string]app.Caller{
		"another flow": {Role: app.RoleFlow, Flow: other.flow.ID},
		"nobody":       {Role: app.RoleAnyone},
		"a session":    {Role: app.RolePerson, Account: ben.ID, Flow: k.flow.ID},
		"an admin":     {Role: app.RoleAdmin, Account: ben.ID, Flow: k.flow.ID},
	} {
		ctx := app.WithCaller(t.Context(), ctx)
		if flow, err := w.Submit(ctx, k.flow.ID, k.flow.Rev, w.key(), app.Back{}); app.CodeOf(err) != app.CodeNoFlow || flow.ID != "" {
			t.Errorf("%s submits: %v", name, err)
		}
		if _, err := w.Get(ctx, k.flow.ID); app.CodeOf(err) != app.CodeNoFlow {
			t.Errorf("%s reads: %v", name, err)
		}
		if err := w.Cancel(ctx, k.flow.ID); app.CodeOf(err) != app.CodeNoFlow {
			t.Errorf("%s cancels: %v", name, err)
		}
		if _, err := w.Grant(ctx, k.flow.ID); app.CodeOf(err) != app.CodeNoFlow {
			t.Errorf("%s opens a session: %v", name, err)
		}
	}
	if _, err := w.Get(w.as("made-up"), "made-up"); app.CodeOf(err) != app.CodeNoFlow {
		t.Errorf("a flow that is not there: %v", err)
	}
}

func TestAStartAskedTwiceIsOneFlow(t *testing.T) {
	w := newWorld(t)
	key := w.key()
	ctx := app.WithCaller(t.Context(), app.Caller{Role: app.RoleAnyone, Origin: here})
	first, err := w.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: key})
	w.ok(err)
	second, err := w.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: key})
	w.ok(err)
	if first.ID != second.ID || first.Token.Reveal() == second.Token.Reveal() || len(second.Token.Reveal()) != 43 {
		t.Errorf("first %s, second %s", first.ID, second.ID)
	}
	if _, err := w.Identify(ctx, first.Token); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the old token is good: %v", err)
	}
	if c, err := w.Identify(ctx, second.Token); err != nil || c.Role != app.RoleFlow || c.Flow != second.ID || c.Origin != here {
		t.Errorf("the new token stands for %+v, %v", c, err)
	}
	if _, err := w.Start(ctx, app.Start{Purpose: app.PurposeSignIn, Key: key}); app.CodeOf(err) != app.CodeReused {
		t.Errorf("the key for another purpose: %v", err)
	}
	k := &talk{w: w, ctx: w.as(second.ID), flow: second}
	k.must(app.GiveUserID{UserID: someone(trial.Registered).UserID})
	if _, err := w.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: key}); app.CodeOf(err) != app.CodeReused {
		t.Errorf("the key after an input: %v", err)
	}
}

func TestMalformedStarts(t *testing.T) {
	w := newWorld(t)
	for _, s := range []app.Start{
		{Purpose: app.PurposeReset, Key: "short"},
		{Purpose: app.PurposeReset, Key: "with spaces in the key"},
		{Purpose: "", Key: w.key()},
		{Purpose: "unlock", Key: w.key()},
	} {
		if _, err := w.Start(t.Context(), s); app.CodeOf(err) != app.CodeBadRequest {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestAFlowExpires(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	signedIn(w) // came to its end, and is not abandoned
	k := w.reset(ben)
	w.clock.pass(15 * time.Minute)
	k.must(app.Choose{Kind: app.KindAuthApp})
	w.clock.pass(time.Second)
	k.refused(app.Back{}, app.CodeExpired)
	if _, err := w.Get(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeExpired {
		t.Errorf("an expired flow is shown: %v", err)
	}
	w.ok(w.Sweep(t.Context()))
	w.ok(w.Sweep(t.Context()))
	if n, m := w.audited("reset.end", "abandoned"), w.audited("sign_in.end", "abandoned"); n != 1 || m != 0 {
		t.Errorf("%d resets and %d sign-ins were abandoned, want 1 and 0", n, m)
	}
	k.refused(app.Back{}, app.CodeEnded)
	w.clock.pass(2 * time.Hour)
	w.ok(w.Sweep(t.Context()))
	if _, err := w.Get(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeNoFlow {
		t.Errorf("an old flow is kept: %v", err)
	}
}

func TestCancel(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.reset(ben)
	w.ok(w.Cancel(k.ctx, k.flow.ID))
	w.ok(w.Cancel(k.ctx, k.flow.ID))
	k.refused(app.Choose{Kind: app.KindAuthApp}, app.CodeEnded)
	if _, err := w.Get(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded {
		t.Errorf("a cancelled flow is shown: %v", err)
	}
	if n := w.audited("reset.end", "cancelled"); n != 1 {
		t.Errorf("%d entries say cancelled, want 1", n)
	}
}

func TestTheLastPageCanBeReadAgain(t *testing.T) {
	w := newWorld(t)
	k := w.toPassword(someone(trial.Registered)).must(app.GivePassword{Password: secret(newPassword)})
	flow, err := w.Get(k.ctx, k.flow.ID)
	w.ok(err)
	if _, ok := flow.Now.(app.Done); !ok {
		t.Errorf("the last page is %T", flow.Now)
	}
	k.refused(app.Back{}, app.CodeEnded)
}

// brokenStore loses every transaction at its commit while it is broken.
type brokenStore struct {
	port.Store
	broken bool
}

func (s *brokenStore) Update(ctx context.Context, f func(port.Tx) error) error {
	return s.Store.Update(ctx, func(tx port.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		if s.broken {
			return errors.New("disk full")
		}
		return nil
	})
}

func TestWithoutTheStoreNothingHappened(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	db := &brokenStore{Store: w.config.Store}
	w.config.Store = db
	w.restart()
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	entries := len(w.trail())
	db.broken = true
	key, code := w.key(), w.code(ben)
	if flow, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, key, code); app.CodeOf(err) != app.CodeUnavailable || flow.ID != "" {
		t.Fatalf("without a store: %v", err)
	}
	if _, err := w.Start(k.ctx, app.Start{Purpose: app.PurposeReset, Key: w.key()}); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("a start without a store: %v", err)
	}
	db.broken = false
	if n := len(w.trail()); n != entries {
		t.Errorf("%d audit entries of what did not happen", n-entries)
	}
	flow, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, key, code)
	if _, passed := flow.Now.(app.EnterCode); err != nil || !passed || len(w.messages()) != 1 {
		t.Errorf("the same again: %v at %T", err, flow.Now)
	}
}

func TestEveryInputAtEveryStep(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	inputs := []app.Input{
		app.SignIn{UserID: "a", Password: secret("b")}, app.GiveUserID{UserID: "a"}, app.GiveReason{Reason: app.ReasonForgot},
		app.Choose{Kind: app.KindEmail}, app.GiveCode{Digits: secret("000000")}, app.GiveAddress{Address: "a@b.example"},
		app.GivePassword{Password: secret("b")}, app.Resend{}, app.Back{}, app.ContactAdmin{}, app.CheckAgain{}, app.Finish{},
	}
	// For each step: which inputs answer it, in the order above.
	for name, c := range map[string]struct {
		reach func(w *world) *talk
		takes string
	}{
		"sign in":     {func(w *world) *talk { return w.start(app.PurposeSignIn, app.Caller{}) }, "x..........."},
		"verifying":   {verifying, "....x....x.."},
		"signed in":   {signedIn, "............"},
		"user id":     {func(w *world) *talk { return w.start(app.PurposeReset, app.Caller{}) }, ".x.........."},
		"triage":      {triage, "..x.....xx.."},
		"gate choice": {func(w *world) *talk { return w.reset(someone(trial.Registered)) }, "...x....xx.."},
		"app code":    {gateOf(app.KindAuthApp), "...xx...xx.."},
		"address":     {gateOf(app.KindEmail), ".....x..xx.."},
		"second gate": {secondGate, "....x..x.x.."},
		"password":    {func(w *world) *talk { return w.toPassword(someone(trial.Registered)) }, "......x..x.."},
		"confirming":  {confirming, "..........x."},
		"blocked":     {func(w *world) *talk { return w.reset(someone(trial.One)) }, "........xx.."},
		"elsewhere":   {func(w *world) *talk { return w.reset(someone(trial.Elsewhere)) }, "........x..."},
		"wizard":      {func(w *world) *talk { return w.register(someone(trial.Ready)) }, "...x........"},
		"secret":      {wizardOf(app.KindAuthApp), "...xx...x..."},
		"registered":  {func(w *world) *talk { return w.register(someone(trial.Registered)) }, "...x.......x"},
		"no wizard":   {func(w *world) *talk { return w.register(someone(trial.NotEnabled)) }, ".........x.."},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			k := c.reach(w)
			for i, in := range inputs {
				if c.takes[i] == 'x' {
					continue
				}
				rev := k.flow.Rev
				k.refused(in, app.CodeNotNow)
				if k.flow.Rev != rev {
					t.Errorf("%T moved the flow", in)
				}
			}
			for i, in := range inputs {
				if c.takes[i] != 'x' {
					continue
				}
				k := c.reach(newWorld(t))
				if err := k.say(in); app.CodeOf(err) == app.CodeNotNow {
					t.Errorf("%T is not taken", in)
				}
			}
		})
	}
}

func signedIn(w *world) *talk {
	ben := someone(trial.Registered)
	k := verifying(w).must(w.code(ben))
	w.clock.pass(30 * time.Second)
	return k
}

// verifying has given the password.
func verifying(w *world) *talk {
	ben := someone(trial.Registered)
	return w.start(app.PurposeSignIn, app.Caller{}).must(try(ben, ben.Password))
}

func triage(w *world) *talk {
	return w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: someone(trial.Registered).UserID})
}

func gateOf(kind app.Kind) func(*world) *talk {
	return func(w *world) *talk { return w.reset(someone(trial.Registered)).must(app.Choose{Kind: kind}) }
}

func secondGate(w *world) *talk {
	k := gateOf(app.KindAuthApp)(w)
	return k.must(w.code(someone(trial.Registered)))
}

func wizardOf(kind app.Kind) func(*world) *talk {
	return func(w *world) *talk { return w.register(someone(trial.Ready)).must(app.Choose{Kind: kind}) }
}

func confirming(w *world) *talk {
	w.dir.set = func(func() error) error { return errTimeout }
	return w.toPassword(someone(trial.Registered)).must(app.GivePassword{Password: secret(newPassword)})
}
