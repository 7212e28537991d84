package backend_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// flowWrites counts how often flows are written.
type flowWrites struct {
	port.Store
	n int
}

type flowWritesTx struct {
	port.Tx
	of *flowWrites
}

func (s *flowWrites) Update(ctx context.Context, f func(port.Tx) error) error {
	return s.Store.Update(ctx, func(tx port.Tx) error { return f(flowWritesTx{tx, s}) })
}

func (t flowWritesTx) PutFlow(r port.FlowRecord) error {
	t.of.n++
	return t.Tx.PutFlow(r)
}

// floods are the ways to be refused as fast as requests arrive, for somebody at a network address who has no account. Each
// gives one request; nil where it was taken.
func floods(w *world) map[string]func(network string, i int) error {
	as := func(network string, id app.FlowID) app.Caller { return w.from(network, id) }
	flows := map[string]*talk{}
	flow := func(purpose app.Purpose, network string) *talk {
		key := string(purpose) + network
		if flows[key] == nil {
			k := w.start(purpose, app.Caller{})
			k.ctx = app.WithCaller(w.t.Context(), as(network, k.flow.ID))
			flows[key] = k
		}
		return flows[key]
	}
	return map[string]func(string, int) error{
		"another's flow": func(network string, _ int) error {
			_, err := w.Submit(app.WithCaller(w.t.Context(), as(network, "mine")), "yours", 0, w.key(), app.Back{})
			return err
		},
		"a flow that is none": func(network string, _ int) error {
			_, err := w.Submit(app.WithCaller(w.t.Context(), as(network, "none")), "none", 0, w.key(), app.Back{})
			return err
		},
		"reading a flow that is none": func(network string, _ int) error {
			_, err := w.Get(app.WithCaller(w.t.Context(), as(network, "none")), "none")
			return err
		},
		"no session to register": func(network string, _ int) error {
			_, err := w.Start(app.WithCaller(w.t.Context(), as(network, "")), app.Start{Purpose: app.PurposeRegister, Key: w.key()})
			return err
		},
		"a malformed key": func(network string, _ int) error {
			_, err := w.Start(app.WithCaller(w.t.Context(), as(network, "")), app.Start{Purpose: app.PurposeReset, Key: "x"})
			return err
		},
		"a token that was never given": func(network string, i int) error {
			_, err := w.Renew(app.WithCaller(w.t.Context(), as(network, "")), secret(fmt.Sprint("token", i)))
			return err
		},
		"a grant of nothing": func(network string, _ int) error {
			_, err := w.Grant(app.WithCaller(w.t.Context(), as(network, "")), "none")
			return err
		},
		"an old revision": func(network string, _ int) error {
			k := flow(app.PurposeReset, network)
			_, err := w.Submit(k.ctx, k.flow.ID, 99, w.key(), app.Back{})
			return err
		},
		"an input out of place": func(network string, _ int) error {
			k := flow(app.PurposeSignIn, network)
			_, err := w.Submit(k.ctx, k.flow.ID, 0, w.key(), app.Finish{})
			return err
		},
		"a malformed user ID": func(network string, _ int) error {
			k := flow(app.PurposeSignIn, network)
			_, err := w.Submit(k.ctx, k.flow.ID, 0, w.key(), app.SignIn{UserID: "\x00", Password: secret("x")})
			return err
		},
	}
}

// Threat: strangers write without limit, a commit for each refusal. However they are refused, 1,600 refusals from one network
// leave few entries, and these have their number.
func TestAStrangersRefusalsAreCountedTogether(t *testing.T) {
	exhaustive(t)
	const n, network = 1600, "2001:db8:1:2::7"
	for name := range floods(newWorld(t)) {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			refuse := floods(w)[name]
			_ = refuse(network, 0)
			before, entries := len(w.trail()), map[string]int{}
			for i := range n {
				if refuse(network, i) == nil {
					t.Fatalf("request %d was taken", i)
				}
			}
			w.clock.pass(time.Minute)
			w.ok(w.Sweep(t.Context()))
			told := 0
			for _, e := range w.trail()[before:] {
				entries[e.Action+" "+e.Reason]++
				count, x := 1, ""
				if _, err := fmt.Sscanf(e.Reason[strings.LastIndex(e.Reason, " ")+1:], "x%d", &count); err == nil {
					x = e.Network
				}
				if told += count; x != "" && x != "2001:db8:1::/48" {
					t.Errorf("a count is of network %q", x)
				}
			}
			if told != n || len(w.trail())-before > 4 {
				t.Errorf("%d refusals left %d entries that tell of %d: %v", n, len(w.trail())-before, told, entries)
			}
		})
	}
}

// The other side of it: what concerns an account has an entry of its own each, and each network, and each kind, its count.
func TestAnAccountsRefusalsAreEachTold(t *testing.T) {
	w := newWorld(t, func(p *policy.Policy) { p.SignIn.Failures = 100 })
	ana := someone(trial.Ready)
	k := w.start(app.PurposeSignIn, app.Caller{})
	k.ctx = app.WithCaller(t.Context(), w.from("192.0.2.7", k.flow.ID))
	for i := range 6 {
		_ = k.say(try(ana, fmt.Sprint("wrong", i)))
	}
	if n := w.audited("sign_in.sign_in", "failed"); n != 6 {
		t.Errorf("%d wrong passwords of an account have entries, want 6", n)
	}
	reg := w.register(ana)
	reg.ctx = app.WithCaller(t.Context(), w.from("192.0.2.7", reg.flow.ID))
	for range 300 {
		if err := reg.say(app.Finish{}); app.CodeOf(err) != app.CodeNotNow {
			t.Fatal(err)
		}
	}
	if n := w.audited("register.finish", "failed"); n != 300 {
		t.Errorf("%d refusals of an account's own flow have entries, want 300", n)
	}
	refuse := floods(w)["another's flow"]
	before := len(w.trail())
	for i := range 30 {
		_ = refuse(fmt.Sprintf("192.0.2.%d", i%3), i)
	}
	if n := len(w.trail()) - before; n != 3 {
		t.Errorf("%d entries for the first refusals of three networks", n)
	}
	w.ok(w.Close()) // the counts are written at the end
	if n := len(w.trail()) - before; n != 6 {
		t.Errorf("%d entries after the end, want 3 and their counts", n)
	}
	for i := range 2000 { // more networks than are remembered
		_ = refuse(fmt.Sprintf("10.%d.%d.1", i/250, i%250), i)
	}
	before = len(w.trail()) - before
	w.ok(w.Close())
	if before > 1020 {
		t.Errorf("2,000 networks left %d entries", before)
	}
}

// Threat: renewals, and inputs that are refused, without end from one network. Who goes on is not let in, which costs
// nothing; others, and who has proven something, are.
func TestRefusalsAndRenewalsAreThrottledByNetwork(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	store := &flowWrites{Store: w.config.Store}
	w.config.Store = store
	w.restart()
	refuse := floods(w)["an input out of place"]
	codes := map[app.Code]int{}
	for i := range 1000 {
		err := refuse("192.0.2.7", i)
		codes[app.CodeOf(err)]++
		var e *app.Error
		if errors.As(err, &e) && e.Code == app.CodeThrottled && !e.RetryAt.After(w.clock.Now()) {
			t.Fatal("too many, but no time to come back at")
		}
	}
	if codes[app.CodeNotNow] != 240 || codes[app.CodeThrottled] != 760 || store.n > 250 {
		t.Errorf("1,000 inputs out of place: %v, %d writes of flows", codes, store.n)
	}
	if err := refuse("192.0.2.8", 0); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("another network pays for it: %v", err)
	}
	reg := w.register(ana)
	reg.ctx = app.WithCaller(t.Context(), w.from("192.0.2.7", reg.flow.ID))
	reg.must(app.Choose{Kind: app.KindAuthApp})

	grant := w.signIn(ana)
	renewed := 0
	for range 1000 {
		next, err := w.Renew(app.WithCaller(t.Context(), w.from("192.0.2.9", "")), grant.Refresh)
		if app.CodeOf(err) == app.CodeThrottled {
			continue
		}
		w.ok(err)
		grant = next
		renewed++
	}
	if renewed != 400 {
		t.Errorf("%d renewals of one moment, want 400", renewed)
	}
	w.clock.pass(time.Second)
	if _, err := w.Renew(app.WithCaller(t.Context(), w.from("192.0.2.9", "")), grant.Refresh); err != nil {
		t.Errorf("a second later: %v", err)
	}
}

// Threat: the same with somebody's user ID given before. A stranger's refusals in a flow about an account have an entry
// each, so they come to an end.
func TestRefusalsInAStrangersFlowComeToAnEnd(t *testing.T) {
	exhaustive(t)
	ben := someone(trial.Registered)
	floods := map[string]struct {
		rev int
		in  app.Input
	}{"an old revision": {99, app.Back{}}, "an input out of place": {0, app.Finish{}}, "a code out of place": {0, app.GiveCode{Digits: secret("000000")}}}
	for name, c := range floods {
		for _, purpose := range []app.Purpose{app.PurposeReset, app.PurposeSignIn} {
			t.Run(name+" in "+string(purpose), func(t *testing.T) {
				w := newWorld(t)
				k := w.start(purpose, app.Caller{})
				k.ctx = app.WithCaller(t.Context(), w.from("192.0.2.7", k.flow.ID))
				if purpose == app.PurposeReset {
					k.must(app.GiveUserID{UserID: ben.UserID})
				} else {
					k.refused(try(ben, "wrong"), app.CodeSignIn)
				}
				before := len(w.trail())
				for range 1000 {
					flow, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev+c.rev, w.key(), c.in)
					if err == nil {
						t.Fatal("it was taken")
					}
					if flow.ID != "" {
						k.flow = flow
					}
				}
				if n := len(w.trail()) - before; n > 245 {
					t.Errorf("1,000 refusals left %d entries", n)
				}
			})
		}
	}
}

// The other side of it, for reading: what an account's own flow was refused has an entry that names it, each time.
func TestWhatAnAccountsOwnFlowIsRefusedIsNamed(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	k := w.register(ana)
	k.ctx = app.WithCaller(t.Context(), w.from("192.0.2.7", k.flow.ID))
	w.ok(w.Cancel(k.ctx, k.flow.ID))
	for range 10 {
		if _, err := w.Get(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded {
			t.Fatal(err)
		}
		if _, err := w.Grant(k.ctx, k.flow.ID); err == nil {
			t.Fatal("a session was granted")
		}
	}
	named := 0
	for _, e := range w.trail() {
		if e.Flow == string(k.flow.ID) && e.Account == string(ana.ID) && e.Reason == string(app.CodeEnded) {
			named++
		}
	}
	if named < 10 {
		t.Errorf("%d entries name the account's flow, want 10 and more", named)
	}
}
