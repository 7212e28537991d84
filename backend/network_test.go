package backend_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// from is the context of somebody at a network address, who holds a flow or none.
func (w *world) from(network string, id app.FlowID) app.Caller {
	role := app.RoleAnyone
	if id != "" {
		role = app.RoleFlow
	}
	return app.Caller{Role: role, Flow: id, Origin: app.Origin{Network: network}}
}

// Threat: limits by address are none for who holds an IPv6 prefix. Starts, names and help requests from one /64 share one
// budget, whatever address each comes from.
func TestAnIPv6PrefixHasOneBudget(t *testing.T) {
	w := newWorld(t, func(p *policy.Policy) { p.Recovery.StartsPerHour = 60 })
	count := func(n int, act func(i int) error) (taken int) {
		for i := range n {
			err := act(i)
			if err == nil {
				taken++
			} else if app.CodeOf(err) != app.CodeThrottled {
				t.Fatal(err)
			}
		}
		return taken
	}
	start := func(network string) func(i int) error {
		return func(i int) error {
			address := network
			if strings.Contains(network, "%") {
				address = fmt.Sprintf(network, i)
			}
			ctx := app.WithCaller(t.Context(), w.from(address, ""))
			_, err := w.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: w.key()})
			return err
		}
	}
	if n := count(130, start("2001:db8:1:2::%x")); n != 120 {
		t.Errorf("%d starts from one /64, want 120", n)
	}
	if n := count(400, start("2001:db8:1:%x::1")); n != 360 {
		t.Errorf("%d more starts from its /48, want 360", n)
	}
	if n := count(119, start("::ffff:192.0.2.7")) + count(3, start("192.0.2.7")); n != 120 {
		t.Errorf("%d starts from one IPv4 address in two spellings, want 120", n)
	}
	k := w.start(app.PurposeReset, app.Caller{})
	names := count(70, func(i int) error {
		ctx := app.WithCaller(t.Context(), w.from(fmt.Sprintf("2001:db8:9:9::%x", i), k.flow.ID))
		flow, err := w.Submit(ctx, k.flow.ID, k.flow.Rev, w.key(), app.GiveUserID{UserID: fmt.Sprintf("nobody%d@harbour.example", i)})
		if err == nil {
			k.flow = flow
			k.must(app.Back{})
		}
		return err
	})
	if names != 60 {
		t.Errorf("%d names from one /64, want 60", names)
	}
}

// Threat: text pumping from an IPv6 prefix.
func TestTextsAreCountedByPrefix(t *testing.T) {
	w := newWorld(t, allow(app.KindSMS, app.KindAuthApp), func(p *policy.Policy) {
		p.Calls.SendsPerNetwork, p.Registration.SendsPerAccount = 3, 100
	})
	caller, sent := w.personCaller(someone(trial.Ready)), 0
	for i := range 6 {
		caller.Origin = app.Origin{Network: fmt.Sprintf("2001:db8:1:2::%x", i)}
		k := w.start(app.PurposeRegister, caller).must(app.Choose{Kind: app.KindSMS})
		if k.say(app.GivePhone{Number: fmt.Sprintf("+6149157%04d", i), Use: app.PhoneMobile}) == nil {
			sent++
		}
	}
	if sent != 3 {
		t.Errorf("%d texts from one /64, want 3", sent)
	}
}
