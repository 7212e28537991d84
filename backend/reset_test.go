package backend_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

func TestResetThroughTwoGates(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	session := w.signIn(ben)
	k := w.start(app.PurposeReset, app.Caller{})
	at[app.EnterUserID](k)
	if k.flow.Contact || k.flow.CanBack {
		t.Error("before the user ID there is nobody to help and nowhere to go back to")
	}
	at[app.Triage](k.must(app.GiveUserID{UserID: "  BEN.Okafor@harbour.example "}))
	choice := at[app.ChooseMethod](k.must(app.GiveReason{Reason: app.ReasonForgot}))
	want := []app.Choice{{Kind: app.KindAuthApp, Recommended: true}, {Kind: app.KindEmail}}
	if !slices.Equal(choice.Choices, want) || choice.Gate != 1 || choice.Gates != 2 || choice.Enrol {
		t.Errorf("the first gate offers %+v", choice)
	}
	at[app.EnterCode](k.must(app.Choose{Kind: app.KindAuthApp}))
	if len(k.flow.Others) != 1 || k.flow.Others[0].Kind != app.KindEmail || !k.flow.Contact {
		t.Errorf("other ways: %+v, contact %v", k.flow.Others, k.flow.Contact)
	}
	code := at[app.EnterCode](k.must(w.code(ben)))
	if code.Channel != app.KindEmail || code.Masked == "" || k.flow.CanBack || len(k.flow.Others) != 0 {
		t.Errorf("the second gate is %+v, back %v, others %v", code, k.flow.CanBack, k.flow.Others)
	}
	rules := at[app.NewPassword](k.must(w.mailed(ben.Mail))).Rules
	if rules.MinLength != 15 || rules.History != 3 || !slices.Contains(rules.Forbidden, "Okafor") || !slices.Contains(rules.Forbidden, "Harbour Hospital") {
		t.Errorf("rules: %+v", rules)
	}
	done := at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
	if want := []app.Fact{app.FactPasswordSet, app.FactSignedOut, app.FactTold}; !slices.Equal(done.Facts, want) {
		t.Errorf("facts: %v, want %v", done.Facts, want)
	}
	if w.signsIn(ben, ben.Password) || !w.signsIn(ben, newPassword) {
		t.Error("the old password must be dead and the new one good")
	}
	if _, err := w.caller(session.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a session survived the reset: %v", err)
	}
	told := map[string]int{}
	for _, m := range w.messages() {
		if m.Template == app.MessagePasswordChanged {
			told[m.To]++
		}
	}
	if len(told) != 2 || told[ben.Mail] != 1 || told[ben.UserID] != 1 {
		t.Errorf("told: %v", told)
	}
}

func TestThePlacesOfAReset(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.start(app.PurposeReset, app.Caller{})
	check := func(want ...app.PlaceState) {
		t.Helper()
		ids := []app.PlaceID{app.PlaceWho, app.PlaceProve, app.PlaceProveAgain, app.PlaceNewPassword}
		for i, place := range k.flow.Places {
			if place.ID != ids[i] || place.State != want[i] {
				t.Errorf("at %T: place %d is %v, want %s %s", k.flow.Now, i, place, ids[i], want[i])
			}
		}
	}
	check(app.PlaceNow, app.PlaceTodo, app.PlaceTodo, app.PlaceTodo)
	k.must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonNever})
	check(app.PlaceDone, app.PlaceNow, app.PlaceTodo, app.PlaceTodo)
	k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	check(app.PlaceDone, app.PlaceDone, app.PlaceNow, app.PlaceTodo)
	k.must(w.mailed(ben.Mail))
	check(app.PlaceDone, app.PlaceDone, app.PlaceDone, app.PlaceNow)
	k.must(app.GivePassword{Password: secret(newPassword)})
	check(app.PlaceDone, app.PlaceDone, app.PlaceDone, app.PlaceDone)
}

func TestWhoCannotBeHelped(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		userID  string
		code    app.Code
		contact bool
	}{
		{someone(trial.Elsewhere).UserID, app.CodeNotManaged, false},
		{someone(trial.NotEnabled).UserID, app.CodeNotEnabled, true},
		{someone(trial.One).UserID, app.CodeNotVerified, true},
		{someone(trial.Ready).UserID, app.CodeNotVerified, true},
		{"nobody@harbour.example", app.CodeUnknown, true},
	} {
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: c.userID})
		if got := at[app.Blocked](k); got.Code != c.code || k.flow.Contact != c.contact || !k.flow.CanBack {
			t.Errorf("%s: %s, contact %v, back %v; want %s, %v, true", c.userID, got.Code, k.flow.Contact, k.flow.CanBack, c.code, c.contact)
		}
		if !c.contact {
			k.refused(app.ContactAdmin{}, app.CodeNotNow)
		}
		at[app.EnterUserID](k.must(app.Back{}))
	}
}

func TestDisabledAccountsAreNotHelped(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	account, err := w.dir.Account(t.Context(), ben.ID)
	w.ok(err)
	account.Disabled = true
	w.ok(w.dir.Put(t.Context(), account, app.Secret{}))
	if got := at[app.Blocked](w.reset(ben)); got.Code != app.CodeDisabled {
		t.Errorf("a disabled account gets %s", got.Code)
	}
}

func TestOffForTheOrganisation(t *testing.T) {
	w := newWorld(t, func(p *policy.Policy) { p.Feature.Reset = policy.ForNobody })
	for userID, code := range map[string]app.Code{
		someone(trial.Registered).UserID: app.CodeNotEnabled,
		"nobody@harbour.example":         app.CodeNotEnabled,
		someone(trial.Elsewhere).UserID:  app.CodeNotManaged,
	} {
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID})
		if got := at[app.Blocked](k); got.Code != code {
			t.Errorf("%s: %s, want %s", userID, got.Code, code)
		}
	}
	if o, err := w.Organisation(t.Context()); err != nil || o.Reset || o.Name != "Harbour Hospital" {
		t.Errorf("organisation: %+v, %v", o, err)
	}
}

func TestLockedMayReset(t *testing.T) {
	w, p := newWorld(t), someone(trial.Locked)
	done := at[app.Done](w.toPassword(p).must(app.GivePassword{Password: secret(newPassword)}))
	if !slices.Contains(done.Facts, app.FactUnlocked) {
		t.Errorf("facts %v", done.Facts)
	}
	if !w.signsIn(p, newPassword) {
		t.Error("the new password is not taken")
	}
}

func TestAdministratorsPassTwoGates(t *testing.T) {
	one := func(p *policy.Policy) { p.Methods.Gates, p.Methods.Register = 1, 1 }
	w := newWorld(t, one)
	ben, greta := someone(trial.Registered), someone(trial.Admin)
	at[app.NewPassword](w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}, w.code(ben)))
	k := w.reset(greta).must(app.Choose{Kind: app.KindAuthApp}, w.code(greta))
	at[app.EnterCode](k)
	k.must(w.mailed(greta.Mail), app.GivePassword{Password: secret(newPassword)})
	at[app.Done](k)
}

func TestAdministratorsHearOfEachOther(t *testing.T) {
	w, greta, ben := newWorld(t), someone(trial.Admin), someone(trial.Registered)
	ana := someone(trial.Ready)
	for _, id := range []app.AccountID{ben.ID, ana.ID} {
		account, err := w.dir.Account(t.Context(), id)
		w.ok(err)
		account.Admin = true
		w.ok(w.dir.Put(t.Context(), account, app.Secret{}))
	}
	heard := func(when string, want ...string) {
		t.Helper()
		var told []string
		for _, m := range w.messages() {
			if m.Template == app.MessageAdminReset {
				told = append(told, m.To)
			}
		}
		slices.Sort(told)
		if !slices.Equal(told, want) {
			t.Errorf("%s: told of an administrator's reset: %v, want %v", when, told, want)
		}
	}
	w.toPassword(greta).must(app.GivePassword{Password: secret(newPassword)})
	heard("at once", ana.UserID, ben.UserID)
	w.clock.pass(time.Hour)
	w.dir.listed = errTimeout
	w.toPassword(greta).must(app.GivePassword{Password: secret("another-" + newPassword)})
	heard("while nobody says who they are", ana.UserID, ben.UserID)
	w.dir.listed = nil
	w.clock.pass(time.Minute)
	w.messages() // asks the directory
	heard("once the directory says it", ana.UserID, ana.UserID, ben.UserID, ben.UserID)
}

func TestBackLosesNothing(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.reset(ben).must(app.Choose{Kind: app.KindEmail})
	k.refused(app.GiveAddress{Address: "somebody@else.example"}, app.CodeWrongAddr)
	k.must(app.Back{})
	at[app.ChooseMethod](k)
	at[app.Triage](k.must(app.Back{}))
	if got := at[app.EnterUserID](k.must(app.Back{})); got.UserID != ben.UserID {
		t.Errorf("the user ID is gone: %q", got.UserID)
	}
	k.must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonLocked}, app.Choose{Kind: app.KindEmail})
	if got := at[app.EnterAddress](k); got.TriesLeft != 4 {
		t.Errorf("going back gave tries back: %d left", got.TriesLeft)
	}
}

// TestStartsAreThrottled counts a start when its first code goes out, no longer when a name is said: that let anybody keep
// an owner out (start_test.go).
func TestStartsAreThrottled(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	for range 5 {
		w.reset(ben).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail})
		w.clock.pass(time.Minute)
	}
	w.restart()
	k := w.reset(ben).must(app.Choose{Kind: app.KindEmail})
	refusal := k.refused(app.GiveAddress{Address: ben.Mail}, app.CodeThrottled)
	open := w.clock.Now().Add(55 * time.Minute)
	if !refusal.RetryAt.Equal(open) {
		t.Errorf("the next start is allowed at %v, want %v", refusal.RetryAt, open)
	}
	w.clock.pass(55*time.Minute - time.Second)
	k = w.reset(ben).must(app.Choose{Kind: app.KindEmail})
	k.refused(app.GiveAddress{Address: ben.Mail}, app.CodeThrottled)
	w.clock.pass(time.Second)
	at[app.EnterCode](k.must(app.GiveAddress{Address: ben.Mail}))
}
