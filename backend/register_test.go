package backend_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/trial"
)

// appOf scans the secret that is shown; what it gives shows the codes.
func appOf(k *talk) func(time.Time) string {
	k.w.t.Helper()
	var b strings.Builder
	for _, group := range at[app.ShowSecret](k).Groups {
		b.WriteString(group.Reveal())
	}
	return func(at time.Time) string {
		code, err := totp.GenerateCode(b.String(), at)
		k.w.ok(err)
		return code
	}
}

const privateMail = "ana@home.example"

// TestATelephoneWhoseClockIsOffCostsNoTry however often its codes are typed, and registers once it is set.
func TestATelephoneWhoseClockIsOffCostsNoTry(t *testing.T) {
	w := newWorld(t)
	k := w.register(someone(trial.Ready)).must(app.Choose{Kind: app.KindAuthApp})
	show := appOf(k)
	for range 12 {
		e := k.refused(app.GiveCode{Digits: secret(show(w.clock.Now().Add(150 * time.Second)))}, app.CodeClock)
		if e.Params["side"] != "ahead" || e.Params["seconds"] != "150" {
			t.Fatalf("refused with %v", e.Params)
		}
	}
	if left := at[app.ShowSecret](k).TriesLeft; left != 5 {
		t.Errorf("%d tries are left of 5", left)
	}
	at[app.ChooseMethod](k.must(app.GiveCode{Digits: secret(show(w.clock.Now()))}))
}

func TestRegisterTwoMethods(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	k := w.register(ana)
	choice := at[app.ChooseMethod](k)
	want := []app.Choice{{Kind: app.KindAuthApp, Recommended: true}, {Kind: app.KindEmail}}
	if !slices.Equal(choice.Choices, want) || !choice.Enrol || choice.Needed != 2 || choice.Gates != 2 || k.flow.CanBack {
		t.Errorf("the wizard begins with %+v, back %v", choice, k.flow.CanBack)
	}
	k.must(app.Choose{Kind: app.KindAuthApp})
	show := appOf(k)
	if shown := at[app.ShowSecret](k); shown.Issuer != "Harbour Hospital" || shown.TriesLeft != 5 {
		t.Errorf("the secret is shown with %q and %d tries", shown.Issuer, shown.TriesLeft)
	}
	choice = at[app.ChooseMethod](k.must(app.GiveCode{Digits: secret(show(w.clock.Now()))}))
	want = []app.Choice{{Kind: app.KindAuthApp, Have: true}, {Kind: app.KindEmail, Recommended: true}}
	if !slices.Equal(choice.Choices, want) || len(choice.Have) != 1 {
		t.Errorf("after the app: %+v", choice)
	}
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeMethodAdded || n.Kind != app.KindAuthApp {
		t.Errorf("notice: %+v", n)
	}
	k.must(app.Choose{Kind: app.KindEmail})
	k.refused(app.GiveAddress{Address: "ana@harbour.example"}, app.CodeOwnDomain)
	k.must(app.GiveAddress{Address: privateMail})
	registered := at[app.Registered](k.must(w.mailed(privateMail)))
	if len(registered.Have) != 2 || !registered.Recommend || registered.Needed != 2 || len(registered.More) != 1 || !registered.More[0].Recommended {
		t.Errorf("registered: %+v", registered)
	}
	done := at[app.Done](k.must(app.Finish{}))
	if !slices.Equal(done.Facts, []app.Fact{app.FactRegistered}) {
		t.Errorf("facts: %v", done.Facts)
	}
	told := 0
	for _, m := range w.messages() {
		if m.Template == app.MessageMethodAdded && m.To == ana.UserID {
			told++
		}
	}
	if told != 2 || w.audited("register.added", "succeeded") != 2 {
		t.Errorf("%d notices went to the work mailbox, %d audit entries", told, w.audited("register.added", "succeeded"))
	}
	if session := w.grant(w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password)), show).Session; !session.Registered {
		t.Error("the next sign-in asks to register again")
	}
}

func TestRegisteredAtOnce(t *testing.T) {
	w := newWorld(t)
	k := w.register(someone(trial.Registered))
	if got := at[app.Registered](k); len(got.Have) != 2 || got.Have[1].Masked == "" {
		t.Errorf("registered: %+v", got)
	}
	k.refused(app.Choose{Kind: app.KindEmail}, app.CodeLimit)
	at[app.Registered](k.must(app.Choose{Kind: app.KindAuthApp}, app.Back{}))
}

func TestFiveApps(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.register(ben)
	other := w.register(ben).must(app.Choose{Kind: app.KindAuthApp})
	slow := appOf(other)
	for range 4 {
		k.must(app.Choose{Kind: app.KindAuthApp})
		k.must(app.GiveCode{Digits: secret(appOf(k)(w.clock.Now()))})
	}
	k.refused(app.Choose{Kind: app.KindAuthApp}, app.CodeLimit)
	if more := at[app.Registered](k).More; len(more) != 0 {
		t.Errorf("more than the limit is offered: %v", more)
	}
	other.refused(app.GiveCode{Digits: secret(slow(w.clock.Now()))}, app.CodeEnded) // a change ends what was begun before it
	if have := at[app.Registered](k).Have; len(have) != 6 {
		t.Errorf("%d credentials, want 5 apps and an address", len(have))
	}
}

func TestNothingIsLostWhileRegistering(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	k := w.register(ana).must(app.Choose{Kind: app.KindAuthApp})
	show := appOf(k)
	k.must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: privateMail})
	code := w.mailed(privateMail)
	if got := at[app.EnterAddress](k.must(app.Back{})); got.Address != privateMail {
		t.Errorf("the address is gone: %q", got.Address)
	}
	at[app.EnterCode](k.must(app.GiveAddress{Address: privateMail}))
	k.must(app.Choose{Kind: app.KindAuthApp}, app.GiveCode{Digits: secret(show(w.clock.Now()))})
	k.must(app.Choose{Kind: app.KindEmail}, code)
	at[app.Registered](k)
}

func TestFiveWrongCodesEndTheAttempt(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	k := w.register(ana).must(app.Choose{Kind: app.KindAuthApp})
	show := appOf(k)
	wrong := app.GiveCode{Digits: secret(show(w.clock.Now().Add(time.Hour)))}
	for left := 4; left > 0; left-- {
		if refusal := k.refused(wrong, app.CodeWrongCode); refusal.TriesLeft != left {
			t.Fatalf("%d tries left, want %d", refusal.TriesLeft, left)
		}
	}
	k.refused(wrong, app.CodeGateEnded)
	at[app.ChooseMethod](k)
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeGateEnded {
		t.Errorf("notice: %+v", n)
	}
	k.must(app.Choose{Kind: app.KindAuthApp})
	if again := appOf(k); again(w.clock.Now()) == show(w.clock.Now()) {
		t.Error("a new attempt shows the old secret")
	}
}

func TestWhoMayNotRegister(t *testing.T) {
	w := newWorld(t)
	for state, code := range map[trial.State]app.Code{trial.NotEnabled: app.CodeNotEnabled, trial.Elsewhere: app.CodeNotManaged} {
		if got := at[app.Blocked](w.register(someone(state))); got.Code != code {
			t.Errorf("%s: %s, want %s", state, got.Code, code)
		}
	}
	_, err := w.Start(t.Context(), app.Start{Purpose: app.PurposeRegister, Key: w.key()})
	if app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("nobody may register without a session: %v", err)
	}
}

func TestRegisteringNeedsAPolicyThatCanBeMet(t *testing.T) {
	w := newWorld(t)
	w.config.Policy.Methods.Allowed = append(w.config.Policy.Methods.Allowed, app.KindSMS)
	w.config.Methods = slices.DeleteFunc(w.config.Methods, func(m app.Method) bool { return m.Kind() == app.KindSMS })
	if _, err := backend.New(w.config); err == nil {
		t.Error("a policy that allows a method which is not there was taken")
	}
}
