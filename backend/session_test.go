package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
)

func TestSession(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	grant := w.signIn(ben)
	if s := grant.Session; s.Person.UserID != ben.UserID || !s.Registered || s.Admin || !s.Expires.Equal(w.clock.Now().Add(12*time.Hour)) {
		t.Errorf("session: %+v", s)
	}
	caller, err := w.caller(grant.Access)
	if err != nil || caller.Role != app.RolePerson || caller.Account != ben.ID || caller.Session != grant.Session.ID {
		t.Fatalf("the access token stands for %+v, %v", caller, err)
	}
	if _, err := w.caller(grant.Refresh); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a refresh token is no access token: %v", err)
	}
	ctx := w.with(grant.Access)
	current, err := w.CurrentSession(ctx)
	if err != nil || current.ID != grant.Session.ID || current.Person != grant.Session.Person || !current.Registered {
		t.Errorf("current session: %+v, %v", current, err)
	}
	w.ok(w.EndSession(ctx))
	if _, err := w.CurrentSession(ctx); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("an ended session: %v", err)
	}
	if err := w.EndSession(ctx); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("ending twice: %v", err)
	}
	if _, err := w.caller(grant.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a token of an ended session: %v", err)
	}
}

func TestTheDirectorySaysWhoIsAnAdministrator(t *testing.T) {
	w, greta := newWorld(t), someone(trial.Admin)
	grant := w.signIn(greta)
	if caller, err := w.caller(grant.Access); err != nil || caller.Role != app.RoleAdmin || !grant.Session.Admin {
		t.Fatalf("the administrator is %+v, %v", caller, err)
	}
	account, err := w.dir.Account(t.Context(), greta.ID)
	w.ok(err)
	account.Admin = false
	w.ok(w.dir.Put(t.Context(), account, app.Secret{}))
	if caller, err := w.caller(grant.Access); err != nil || caller.Role != app.RolePerson {
		t.Errorf("who is no administrator any more is %s, %v", caller.Role, err)
	}
	account.Disabled = true
	w.ok(w.dir.Put(t.Context(), account, app.Secret{}))
	if _, err := w.caller(grant.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("who is disabled: %v", err)
	}
}

func TestTokensExpire(t *testing.T) {
	w := newWorld(t)
	grant := w.signIn(someone(trial.Ready))
	w.clock.pass(10 * time.Minute)
	if _, err := w.caller(grant.Access); err != nil {
		t.Errorf("the last instant of an access token: %v", err)
	}
	w.clock.pass(time.Second)
	if _, err := w.caller(grant.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("an expired access token: %v", err)
	}
	w.clock.pass(12*time.Hour - 10*time.Minute)
	if _, err := w.Renew(t.Context(), grant.Refresh); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("an expired refresh token: %v", err)
	}
}

func TestRenewRotates(t *testing.T) {
	w := newWorld(t)
	first := w.signIn(someone(trial.Registered))
	second, err := w.Renew(t.Context(), first.Refresh)
	w.ok(err)
	if _, err := w.caller(first.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the access token before: %v", err)
	}
	if second.Session.ID != first.Session.ID || second.Session.Person != first.Session.Person || !second.Session.Registered {
		t.Errorf("renewed: %+v", second.Session)
	}
	third, err := w.Renew(t.Context(), first.Refresh) // the answer with the second was lost
	w.ok(err)
	if _, err := w.Renew(t.Context(), second.Refresh); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a token that was never received: %v", err)
	}
	if _, err := w.caller(third.Access); err != nil {
		t.Fatalf("the present access token: %v", err)
	}
	if _, err := w.Renew(t.Context(), first.Refresh); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a token whose successor was used: %v", err)
	}
	if _, err := w.caller(third.Access); app.CodeOf(err) != app.CodeSignedOut || w.audited("session.reuse", "blocked") != 1 {
		t.Errorf("a stolen token must end the session: %v", err)
	}
	if _, err := w.Renew(t.Context(), app.NewSecret("made up")); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a made-up token: %v", err)
	}
}

func TestARenewalIsAUseOfItsToken(t *testing.T) {
	w := newWorld(t)
	first := w.signIn(someone(trial.Registered))
	second, err := w.Renew(t.Context(), first.Refresh)
	w.ok(err)
	third, err := w.Renew(t.Context(), second.Refresh)
	w.ok(err)
	if _, err := w.Renew(t.Context(), first.Refresh); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the token before the last: %v", err)
	}
	if _, err := w.caller(third.Access); app.CodeOf(err) != app.CodeSignedOut { // whoever renewed twice may be the thief
		t.Errorf("the present token: %v", err)
	}
}

func TestGrantAgainRevokesTheFirst(t *testing.T) {
	w := newWorld(t)
	k := signedIn(w)
	first, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	second, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	if _, err := w.caller(first.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the first grant: %v", err)
	}
	if _, err := w.Renew(t.Context(), first.Refresh); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the first grant's refresh token: %v", err)
	}
	if _, err := w.caller(second.Access); err != nil || first.Session.ID == second.Session.ID {
		t.Errorf("the second grant: %v", err)
	}
	if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded {
		t.Errorf("a grant of a flow whose tokens were used: %v", err)
	}
	k = signedIn(w)
	w.clock.pass(16 * time.Minute)
	if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeExpired {
		t.Errorf("a grant of an expired flow: %v", err)
	}
}

func TestOnlySignedInOpensASession(t *testing.T) {
	w := newWorld(t)
	for _, k := range []*talk{
		w.start(app.PurposeSignIn, app.Caller{}),
		w.toPassword(someone(trial.Registered)),
	} {
		if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeNotNow {
			t.Errorf("a session out of %T: %v", k.flow.Now, err)
		}
	}
	k := w.toPassword(someone(trial.Locked)).must(app.GivePassword{Password: secret(newPassword)})
	if _, err := w.Grant(k.ctx, k.flow.ID); err == nil {
		t.Error("a reset signs in")
	}
}
