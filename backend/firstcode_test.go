package backend_test

import (
	"context"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
)

// fresh is a world in which no administrator has registered, with two who might.
func fresh(t *testing.T) (w *world, nia, ole trial.Person) {
	t.Helper()
	w, _ = kept(t)
	group := w.found(someone(trial.Ready).UserID).Groups
	admins, err := w.dir.Administrators(t.Context())
	w.ok(err)
	for _, a := range admins {
		_, err := w.ChangePerson(w.operator(), app.ChangePerson{UserID: a.UserID, What: app.PersonDisable})
		w.ok(err)
	}
	for i, p := range []*trial.Person{&nia, &ole} {
		*p = trial.Person{UserID: []string{"nia@harbour.example", "ole@harbour.example"}[i], Name: []string{"Nia Okoro", "Ole Berg"}[i]}
		made, err := w.AddPerson(w.operator(), app.EnterPerson{UserID: p.UserID, Name: p.Name, Groups: group, Admin: true})
		w.ok(err)
		p.ID = made.Account
	}
	return w, nia, ole
}

func (w *world) firstCode(p trial.Person) app.Pass {
	w.t.Helper()
	made, err := w.IssueFirstCode(w.operator(), p.UserID, "root")
	w.ok(err)
	return made
}

// beginsBy signs in with a first code, chooses the first password, and opens the session.
func (w *world) beginsBy(p trial.Person, made app.Pass) app.Grant {
	w.t.Helper()
	k := w.start(app.PurposeSignIn, app.Caller{}).must(with(p, made.Code), app.GivePassword{Password: secret(newPassword)})
	at[app.SignedIn](k)
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	return grant
}

func (w *world) registersApp(grant app.Grant) func(time.Time) string {
	w.t.Helper()
	r := w.begins(grant, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	show := appOf(r)
	r.must(app.GiveCode{Digits: secret(show(w.clock.Now()))})
	at[app.ChooseMethod](r)
	return show
}

func TestTheFirstAdministratorBegins(t *testing.T) {
	w, nia, _ := fresh(t)
	made := w.firstCode(nia)
	if !made.First || !made.Expires.Equal(w.clock.Now().Add(time.Hour)) || made.Person.Name != nia.Name {
		t.Errorf("the code: %+v", made)
	}
	grant := w.beginsBy(nia, made)
	if !grant.Session.ByPass {
		t.Errorf("the session: %+v", grant.Session)
	}
	if _, err := w.History(w.with(grant.Access)); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a session by code administers: %v", err)
	}
	show := w.registersApp(grant)
	w.start(app.PurposeSignIn, app.Caller{}).refused(with(nia, made.Code), app.CodeWrongPass)
	w.clock.pass(time.Minute)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: nia.UserID, Password: secret(newPassword)})
	ctx := w.with(w.grant(k, show).Access)
	if _, err := w.History(ctx); err != nil {
		t.Errorf("signed in, the administrator can't administer: %v", err)
	}
	if w.audited("pass.issue_first", "succeeded") != 1 || w.audited("pass.use", "succeeded") != 1 {
		t.Error("the trail does not say so")
	}
	if _, err := w.IssueFirstCode(w.operator(), nia.UserID, "root"); app.ProblemOf(err).Code != "administrator_registered" {
		t.Errorf("another one: %v", err)
	}
}

func TestWhoGetsNoFirstCode(t *testing.T) {
	w, nia, ole := fresh(t)
	for userID, code := range map[string]string{
		someone(trial.Ready).UserID: "no_administrator", "nobody": "unknown_person", "": "unknown_person",
	} {
		if _, err := w.IssueFirstCode(w.operator(), userID, "root"); app.ProblemOf(err).Code != code {
			t.Errorf("%q: %v, want %s", userID, err, code)
		}
	}
	if _, err := w.IssueFirstCode(w.operator(), someone(trial.Admin).UserID, "root"); app.CodeOf(err) != app.CodeDisabled {
		t.Errorf("who is disabled: %v", err)
	}
	w.registersApp(w.beginsBy(nia, w.firstCode(nia)))
	if _, err := w.IssueFirstCode(w.operator(), ole.UserID, "root"); app.ProblemOf(err).Code != "administrator_registered" {
		t.Errorf("beside one who has registered: %v", err)
	}
	if n := w.audited("pass.issue_first", "blocked") + w.audited("pass.issue_first", "failed"); n != 5 {
		t.Errorf("the trail knows %d refusals", n)
	}
	// Once the one who has registered is away, the next may begin.
	_, err := w.ChangePerson(w.operator(), app.ChangePerson{UserID: nia.UserID, What: app.PersonDisable})
	w.ok(err)
	w.beginsBy(ole, w.firstCode(ole))
}

// TestThreatAFirstCodeOverTheNetwork: whoever comes over one gets none, an administrator neither.
func TestThreatAFirstCodeOverTheNetwork(t *testing.T) {
	w, nia, ole := fresh(t)
	show := w.registersApp(w.beginsBy(nia, w.firstCode(nia)))
	w.clock.pass(time.Minute)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: nia.UserID, Password: secret(newPassword)})
	admin := w.with(w.grant(k, show).Access)
	person := w.with(w.signIn(someone(trial.Ready)).Access)
	for name, ctx := range map[string]context.Context{"an administrator": admin, "a person": person, "anyone": app.WithCaller(t.Context(), app.Caller{Role: app.RoleAnyone, Origin: here})} {
		if _, err := w.IssueFirstCode(ctx, ole.UserID, ""); app.CodeOf(err) != app.CodeForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOneFirstCodeIsGoodAtATime: a new one voids the one before, whoever's that is, with what it opened.
func TestOneFirstCodeIsGoodAtATime(t *testing.T) {
	w, nia, ole := fresh(t)
	old := w.firstCode(nia)
	anew := w.firstCode(nia)
	w.start(app.PurposeSignIn, app.Caller{}).refused(with(nia, old.Code), app.CodeWrongPass)
	half := w.start(app.PurposeSignIn, app.Caller{}).must(with(nia, anew.Code))
	at[app.NewPassword](half)
	others := w.firstCode(ole)
	if err := half.say(app.GivePassword{Password: secret(newPassword)}); err == nil {
		t.Error("what the code before opened goes on")
	}
	grant := w.beginsBy(ole, others)
	third := w.firstCode(nia)
	if _, err := w.caller(grant.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the session that the code before opened: %v", err)
	}
	w.clock.pass(time.Hour + time.Second)
	w.start(app.PurposeSignIn, app.Caller{}).refused(with(nia, third.Code), app.CodeWrongPass)
	if w.audited("sign_in.pass", "failed") != 2 {
		t.Error("the trail does not say so")
	}
}

// TestAFirstCodeEndsWhenAnAdministratorRegisters otherwise, as by a password that they have.
func TestAFirstCodeEndsWhenAnAdministratorRegisters(t *testing.T) {
	w, nia, ole := fresh(t)
	w.ok(w.dir.SetPassword(t.Context(), ole.ID, secret("a password of old")))
	made := w.firstCode(nia)
	grant := w.beginsBy(nia, made)
	ole.Password = "a password of old"
	w.registersApp(w.signIn(ole))
	if k := w.begins(grant, app.PurposeRegister); blockedBy(k) != app.CodePassAdmin {
		t.Errorf("the session of the code leads to %T", k.flow.Now)
	}
}

// TestAFirstCodeIsThrottledAsAnyPass, and is nothing to somebody who is no administrator any more.
func TestAFirstCodeIsThrottledAsAnyPass(t *testing.T) {
	w, nia, ole := fresh(t)
	made := w.firstCode(nia)
	k := w.start(app.PurposeSignIn, app.Caller{})
	for range 5 {
		k.refused(with(nia, secret("000000000000")), app.CodeWrongPass)
	}
	k.refused(with(nia, made.Code), app.CodeThrottled)
	w.clock.pass(time.Minute)
	others := w.firstCode(ole)
	if done := w.importPeople("user_id,administrator\nole,no\n"); done.Updated != 1 {
		t.Fatalf("%+v", done)
	}
	w.start(app.PurposeSignIn, app.Caller{}).refused(with(ole, others.Code), app.CodeWrongPass)
}

func blockedBy(k *talk) app.Code {
	b, _ := k.flow.Now.(app.Blocked)
	return b.Code
}
