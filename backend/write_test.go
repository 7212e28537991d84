package backend_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

var errTimeout = errors.New("the directory did not answer in time")

func give(k *talk) error { return k.say(app.GivePassword{Password: secret(newPassword)}) }

func TestThePasswordIsJudgedHere(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.toPassword(ben)
	for password, rule := range map[string]string{
		"too short":                        "length_min",
		"my name is okafor, you know":      "forbidden",
		"harbour hospital all the way":     "forbidden",
		"with a \x00 control character in": "printable",
	} {
		if got := k.refused(app.GivePassword{Password: secret(password)}, app.CodePassword); got.Params["rule"] != rule || got.Field != "password" {
			t.Errorf("%q: %v, want %s", password, got.Params, rule)
		}
		at[app.NewPassword](k)
	}
	if !w.signsIn(ben, ben.Password) {
		t.Error("a refused password changed something")
	}
}

func TestTheDirectoryHasTheLastWord(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	session := w.signIn(ben)
	k := w.toPassword(ben)
	if got := k.refused(app.GivePassword{Password: secret(ben.Password)}, app.CodeDirectory); got.Params["rule"] != "history" {
		t.Errorf("the old password again: %v", got.Params)
	}
	at[app.NewPassword](k)
	if _, err := w.caller(session.Access); err != nil {
		t.Errorf("a refused password ended a session: %v", err)
	}
	if len(w.post.Messages()) != 1 {
		t.Errorf("a refused password told somebody: %v", w.post.Messages())
	}
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
}

func TestTimeoutBeforeTheWrite(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.toPassword(ben)
	w.dir.set = func(func() error) error { return errTimeout }
	w.ok(give(k))
	at[app.Confirming](k)
	w.dir.set = nil
	at[app.NewPassword](k.must(app.CheckAgain{}))
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeNotWritten {
		t.Errorf("notice: %+v", n)
	}
	if !w.signsIn(ben, ben.Password) {
		t.Error("the old password must still be good")
	}
	w.ok(give(k))
	at[app.Done](k)
}

// TestAServerThatWasNotToldYetSaysNothing: of several that copy from each other another one may be asked what came of a write. That
// nothing came of it is said once it must know.
func TestAServerThatWasNotToldYetSaysNothing(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.toPassword(ben)
	account, err := w.dir.Account(t.Context(), ben.ID)
	w.ok(err)
	w.dir.lag = time.Minute
	w.dir.set = func(write func() error) error {
		w.ok(write())
		w.dir.stale = account.Stamp
		return errTimeout
	}
	w.ok(give(k))
	at[app.Confirming](k)
	w.dir.set = nil
	at[app.Confirming](k.must(app.CheckAgain{}))
	w.ok(w.Sweep(t.Context()))
	at[app.Confirming](k.again())
	w.dir.stale = "" // it was told
	at[app.Done](k.must(app.CheckAgain{}))

	other := someone(trial.Registered)
	k = w.retry(other)
	w.dir.set = func(func() error) error { return errTimeout }
	at[app.Confirming](k.must(app.GivePassword{Password: secret("another-good-one-17-lamps")}))
	w.dir.set = nil
	at[app.Confirming](k.must(app.CheckAgain{}))
	w.clock.pass(time.Minute + time.Second)
	at[app.NewPassword](k.must(app.CheckAgain{}))
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeNotWritten {
		t.Errorf("notice: %+v", n)
	}
}

func TestTimeoutAfterTheWrite(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	session := w.signIn(ben)
	k := w.toPassword(ben)
	w.dir.set = func(write func() error) error {
		w.ok(write())
		return context.DeadlineExceeded
	}
	w.ok(give(k))
	if got := at[app.Confirming](k); !got.Since.Equal(w.clock.Now()) {
		t.Errorf("confirming since %v", got.Since)
	}
	at[app.Done](k.must(app.CheckAgain{}))
	if _, err := w.caller(session.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a session survived: %v", err)
	}
	if w.signsIn(ben, ben.Password) || !w.signsIn(ben, newPassword) {
		t.Error("the new password must be the good one")
	}
}

func TestWhileTheDirectoryIsAwayNothingIsSaid(t *testing.T) {
	w := newWorld(t)
	k := w.toPassword(someone(trial.Registered))
	w.dir.set = func(write func() error) error {
		w.ok(write())
		return errTimeout
	}
	w.ok(give(k))
	w.dir.down = errTimeout
	k.refused(app.CheckAgain{}, app.CodeUnavailable)
	at[app.Confirming](k)
	w.clock.pass(time.Hour) // an unconfirmed write does not expire
	w.ok(w.Sweep(t.Context()))
	k.refused(app.CheckAgain{}, app.CodeUnavailable)
	w.dir.down = nil
	at[app.Done](k.must(app.CheckAgain{}))
}

func TestACrashBetweenWriteAndOutcome(t *testing.T) {
	for _, written := range []bool{true, false} {
		w, ben := newWorld(t), someone(trial.Registered)
		session := w.signIn(ben)
		k := w.toPassword(ben)
		func() {
			defer func() { _ = recover() }()
			w.dir.set = func(write func() error) error {
				if written {
					w.ok(write())
				}
				panic("crash")
			}
			_ = give(k)
		}()
		w.dir.set = nil
		w.restart()
		w.ok(w.StartWorker(t.Context()))
		w.ok(w.Close())
		flow, err := w.Get(k.ctx, k.flow.ID)
		w.ok(err)
		_, done := flow.Now.(app.Done)
		_, again := flow.Now.(app.NewPassword)
		if done != written || again == written {
			t.Errorf("written %v: after the crash the flow stands at %T", written, flow.Now)
		}
		if _, err := w.caller(session.Access); (err == nil) == written {
			t.Errorf("written %v: the session says %v", written, err)
		}
		if w.signsIn(ben, newPassword) != written {
			t.Errorf("written %v: the new password is taken or not", written)
		}
	}
}

func TestCheckAgainWaitsForTheWrite(t *testing.T) {
	w := newWorld(t)
	k := w.toPassword(someone(trial.Registered))
	w.dir.set = func(write func() error) error {
		flow, err := w.Get(k.ctx, k.flow.ID)
		w.ok(err)
		other := &talk{w: w, ctx: k.ctx, flow: flow}
		at[app.Confirming](other.must(app.CheckAgain{}))
		w.ok(w.Sweep(context.Background()))
		return write()
	}
	w.ok(give(k))
	at[app.Done](k)
}

func TestAWriteIsCarriedThroughWhateverBecomesOfTheFlow(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	session := w.signIn(ben)
	k := w.toPassword(ben)
	ctx, leave := context.WithCancel(k.ctx)
	w.dir.set = func(write func() error) error {
		w.ok(w.Cancel(k.ctx, k.flow.ID))
		leave()
		return write()
	}
	if _, err := w.Submit(ctx, k.flow.ID, k.flow.Rev, w.key(), app.GivePassword{Password: secret(newPassword)}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.caller(session.Access); app.CodeOf(err) != app.CodeSignedOut || w.audited("reset.write", "succeeded") != 1 {
		t.Errorf("the password was set, but nothing followed: %v", err)
	}
}

func TestAResetEndsTheOtherFlows(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	waiting := signedIn(w)
	second := w.reset(ben)
	w.toPassword(ben).must(app.GivePassword{Password: secret(newPassword)})
	if _, err := w.Grant(waiting.ctx, waiting.flow.ID); app.CodeOf(err) != app.CodeEnded {
		t.Errorf("a sign-in with the old password still opens a session: %v", err)
	}
	second.refused(app.Choose{Kind: app.KindAuthApp}, app.CodeEnded)
}

func TestASignInThatAResetOvertakesIsVoid(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	r := w.toPassword(ben)
	k := w.start(app.PurposeSignIn, app.Caller{})
	w.dir.slow = func() {
		w.dir.slow = nil
		at[app.Done](r.must(app.GivePassword{Password: secret(newPassword)}))
	}
	k.refused(try(ben, ben.Password), app.CodeEnded)
	if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded {
		t.Errorf("the old password still opens a session: %v", err)
	}
}

func TestAnOvertakenWriteIsNotClaimed(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	lost := w.toPassword(ben)
	w.clock.pass(time.Minute)
	k := w.toPassword(ben)
	w.dir.set = func(func() error) error { return errTimeout }
	w.ok(give(lost))
	at[app.Confirming](lost)
	w.dir.set = nil
	at[app.Done](k.must(app.GivePassword{Password: secret("another-good-one-17-lamps")}))
	fresh := ben
	fresh.Password = "another-good-one-17-lamps"
	session := w.signIn(fresh)
	w.ok(w.Sweep(t.Context()))
	if _, err := w.caller(session.Access); err != nil {
		t.Errorf("a write that never happened ended a session: %v", err)
	}
	lost.refused(app.CheckAgain{}, app.CodeEnded)
}

func TestWhoBecameIneligibleMeanwhile(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.toPassword(ben)
	account, err := w.dir.Account(t.Context(), ben.ID)
	w.ok(err)
	account.Disabled = true
	w.ok(w.dir.Put(t.Context(), account, app.Secret{}))
	w.dir.set = func(func() error) error { t.Error("the directory was asked to set a password"); return nil }
	w.ok(give(k))
	if got := at[app.Blocked](k); got.Code != app.CodeDisabled {
		t.Errorf("disabled meanwhile: %s", got.Code)
	}
}

func TestAPendingWriteIsPersisted(t *testing.T) {
	w := newWorld(t)
	k := confirming(w)
	var pending []port.FlowRecord
	w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) (err error) {
		pending, err = tx.PendingFlows()
		return err
	}))
	if len(pending) != 1 || pending[0].ID != k.flow.ID {
		t.Errorf("pending: %v", pending)
	}
}

// leaked is a breached list in words.
type leaked struct {
	words []string
	fail  error
}

func (l leaked) Contains(given app.Secret) (bool, error) {
	return slices.Contains(l.words, given.Reveal()), l.fail
}

// knows opens a breached list for every policy.
func knows(l leaked) func(port.PolicyVersion, policy.Policy) (backend.Resources, error) {
	return func(port.PolicyVersion, policy.Policy) (backend.Resources, error) {
		return backend.Resources{Breached: l}, nil
	}
}

func TestWhatOnlyThisSideHasIsJudgedHere(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) { p.Password.Banned = []string{"lighthouse", "ferry"} }), someone(trial.Registered)
	w.config.Resources = knows(leaked{words: []string{"seventeen grey lamps"}})
	w.restart()
	k := w.toPassword(ben)
	rules := at[app.NewPassword](k).Rules
	if !rules.Banned || !rules.OwnTerms || !rules.Breached || slices.Contains(rules.Forbidden, "lighthouse") {
		t.Errorf("the rules that are shown: %+v", rules)
	}
	for given, rule := range map[string]string{
		"passwordpassword":     "banned",
		"Lighth0useFerry!!":    "banned",
		"seventeen grey lamps": "breached",
	} {
		if got := k.refused(app.GivePassword{Password: secret(given)}, app.CodePassword); got.Params["rule"] != rule || len(got.Params) != 1 {
			t.Errorf("%q: %v, want %s", given, got.Params, rule)
		}
		at[app.NewPassword](k)
	}
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
}

func TestAListThatCannotBeReadLetsNothingPass(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	w.config.Resources = knows(leaked{fail: errTimeout})
	w.restart()
	k := w.toPassword(ben)
	k.refused(app.GivePassword{Password: secret(newPassword)}, app.CodeUnavailable)
	at[app.NewPassword](k)
	if !w.signsIn(ben, ben.Password) {
		t.Error("the password was set unjudged")
	}
}

func TestAListThatThePolicyNamesIsRequired(t *testing.T) {
	w := newWorld(t)
	w.config.Policy.Password.Breached = "leaked.filter"
	if _, err := backend.New(w.config); err == nil {
		t.Error("the policy's list is missing, and nobody says so")
	}
	w.config.Resources = knows(leaked{})
	w.restart()
}
