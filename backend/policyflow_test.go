package backend_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// forbid takes a method away while a conversation goes on.
func (w *world) forbid(kind app.Kind, instead app.Kind) {
	w.t.Helper()
	w.apply(func(p *policy.Policy) {
		p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindEmail, app.KindSMS}
		for i, k := range p.Methods.Allowed {
			if k == kind {
				p.Methods.Allowed[i] = instead
			}
		}
	})
	w.ok(w.Reload(w.t.Context()))
}

func TestAConversationGoesOnUnderAnotherPolicy(t *testing.T) {
	oneGate := func(p *policy.Policy) { p.Methods.Gates = 1 }
	ben := someone(trial.Registered)

	w := newWorld(t, oneGate)
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	w.forbid(app.KindAuthApp, app.KindVoice)
	k.must(w.code(ben)) // right, and by a method that is not allowed any more
	if got := at[app.EnterAddress](k); !got.Confirm {
		t.Errorf("the way that is left is shown as %+v", got)
	}

	w = newWorld(t)
	k = w.reset(ben)
	w.forbid(app.KindEmail, app.KindVoice)
	if got := at[app.Blocked](k.again()); got.Code != app.CodeNotVerified {
		t.Errorf("at the choice, with too little left: %s", got.Code)
	}
	at[app.RequestSent](k.must(app.ContactAdmin{}))

	w = newWorld(t)
	k = w.reset(ben).must(app.Choose{Kind: app.KindEmail})
	w.forbid(app.KindEmail, app.KindVoice)
	k.must(app.GiveAddress{Address: ben.Mail})
	if got := at[app.Blocked](k); got.Code != app.CodeNotVerified {
		t.Errorf("within a method, with too little left: %s", got.Code)
	}

	w = newWorld(t)
	k = w.toPassword(ben)
	w.forbid(app.KindEmail, app.KindVoice)
	w.dir.set = func(func() error) error { t.Error("the directory was asked to set a password"); return nil }
	w.ok(give(k))
	if got := at[app.Blocked](k); got.Code != app.CodeNotVerified {
		t.Errorf("a gate that was passed by what is not allowed any more: %s", got.Code)
	}
}

func TestARegistrationGoesOnUnderAnotherPolicy(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	k := w.register(ana).must(app.Choose{Kind: app.KindEmail})
	w.forbid(app.KindEmail, app.KindVoice)
	k.must(app.GiveAddress{Address: "ana@letters.example"})
	for _, choice := range at[app.ChooseMethod](k).Choices {
		if choice.Kind == app.KindEmail {
			t.Error("what is not allowed any more is offered")
		}
	}
	k.refused(app.Choose{Kind: app.KindEmail}, app.CodeNotNow)
}

func TestStricterFiguresHoldInAConversationThatGoesOn(t *testing.T) {
	stricter := func(w *world, change func(*policy.Policy)) {
		t.Helper()
		w.apply(change)
		w.ok(w.Reload(t.Context()))
	}
	ben := someone(trial.Registered)

	w := newWorld(t)
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	for range 3 {
		k.refused(w.wrongCode(ben), app.CodeWrongCode)
	}
	stricter(w, func(p *policy.Policy) { p.Codes.Tries = 2 })
	if got := at[app.EnterCode](k.again()); got.TriesLeft != 0 {
		t.Errorf("fewer tries: %d left", got.TriesLeft)
	}
	k.refused(w.wrongCode(ben), app.CodeGateEnded)

	w = newWorld(t, func(p *policy.Policy) { p.Methods.Gates = 1 })
	k = w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	at[app.NewPassword](k)
	stricter(w, func(p *policy.Policy) { p.Methods.Gates = 2 })
	w.ok(give(k))
	if got := at[app.EnterCode](k); got.Channel != app.KindEmail {
		t.Errorf("a second gate: %+v", got)
	}
	k.must(w.mailed(ben.Mail))
	w.ok(give(k))
	at[app.Done](k)

	w = newWorld(t)
	k = w.toPassword(ben)
	stricter(w, func(p *policy.Policy) { p.Feature.Reset, p.Feature.Groups = policy.ForNobody, nil })
	w.ok(give(k))
	if got := at[app.Blocked](k); got.Code != app.CodeNotEnabled {
		t.Errorf("the reset is off: %s", got.Code)
	}
}
