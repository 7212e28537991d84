package backend_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// regrant takes the session's new tokens, which the flow says there are.
func (k *talk) regrant() app.Grant {
	k.w.t.Helper()
	if !k.flow.Regrant {
		k.w.t.Fatal("the flow owes no tokens")
	}
	grant, err := k.w.Grant(k.ctx, k.flow.ID)
	k.w.ok(err)
	return grant
}

// dead fails unless a session's tokens stand for nothing.
func (w *world) dead(what string, grant app.Grant) {
	w.t.Helper()
	if _, err := w.caller(grant.Access); app.CodeOf(err) != app.CodeSignedOut {
		w.t.Errorf("%s: its access token: %v", what, err)
	}
	if _, err := w.Renew(w.t.Context(), grant.Refresh); app.CodeOf(err) != app.CodeSignedOut {
		w.t.Errorf("%s: its refresh token: %v", what, err)
	}
}

// TestThreatAStolenRefreshTokenGoesUnnoticed: at any length of the chain, any token that was rotated away ends the session
// and tells its owner, and the present one does not.
func TestThreatAStolenRefreshTokenGoesUnnoticed(t *testing.T) {
	exhaustive(t)
	for length := 2; length <= 7; length++ {
		for stolen := range length {
			w, ben := newWorld(t), someone(trial.Registered)
			chain := []app.Grant{w.signIn(ben)}
			for len(chain) <= length {
				w.clock.pass(5 * time.Minute)
				if len(chain) == 3 {
					w.restart()
				}
				next, err := w.Renew(t.Context(), chain[len(chain)-1].Refresh)
				w.ok(err)
				chain = append(chain, next)
			}
			last := chain[length]
			if _, err := w.caller(last.Access); err != nil {
				t.Fatal(err)
			}
			w.dir.down = nil
			if _, err := w.Renew(t.Context(), chain[stolen].Refresh); app.CodeOf(err) != app.CodeSignedOut {
				t.Errorf("token %d of %d: %v", stolen, length, err)
			}
			w.dead(fmt.Sprintf("token %d of %d", stolen, length), last)
			if w.audited("session.reuse", "blocked") != 1 || w.heard(app.MessageSessionStolen, ben.Mail) != 1 || w.heard(app.MessageSessionStolen, ben.UserID) != 1 {
				t.Errorf("token %d of %d: not told, or not once", stolen, length)
			}
		}
	}
}

// TestThreatATokenThatIsMadeUpEndsASession: nobody ends another's session by a token that this server did not make.
func TestThreatATokenThatIsMadeUpEndsASession(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	grant := w.signIn(ben)
	if _, err := w.caller(grant.Access); err != nil {
		t.Fatal(err)
	}
	token := grant.Refresh.Reveal()
	for i := range token {
		other := byte('A')
		if token[i] == other {
			other = 'B'
		}
		if _, err := w.Renew(t.Context(), secret(token[:i]+string(other)+token[i+1:])); app.CodeOf(err) != app.CodeSignedOut {
			t.Errorf("with another character at %d: %v", i, err)
		}
	}
	for _, made := range []string{string(grant.Session.ID) + ".1.x.y", string(grant.Session.ID) + ".0..", "...", "."} {
		if _, err := w.Renew(t.Context(), secret(made)); app.CodeOf(err) != app.CodeSignedOut {
			t.Errorf("%q: %v", made, err)
		}
	}
	if _, err := w.caller(grant.Access); err != nil {
		t.Errorf("the session: %v", err)
	}
}

// TestAReuseIsSeenWithoutTheDirectory: that the directory is away doesn't keep a thief in.
func TestAReuseIsSeenWithoutTheDirectory(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	first := w.signIn(ben)
	second, err := w.Renew(t.Context(), first.Refresh)
	w.ok(err)
	third, err := w.Renew(t.Context(), second.Refresh)
	w.ok(err)
	w.dir.down = errTimeout
	if _, err := w.Renew(t.Context(), third.Refresh); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("an honest renewal: %v", err)
	}
	if _, err := w.Renew(t.Context(), first.Refresh); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the reuse: %v", err)
	}
	w.dir.down = nil
	w.dead("after the reuse", third)
	if w.heard(app.MessageSessionStolen, ben.Mail) != 1 {
		t.Error("its owner was not told")
	}
	w.clock.pass(time.Minute)
	w.messages() // asks the directory
	if w.heard(app.MessageSessionStolen, ben.UserID) != 1 {
		t.Error("the work mailbox was not told once the directory was back")
	}
}

// TestThreatADisabledPersonsSessionGoesOn: each operation with a token, against each thing that may happen to the account.
func TestThreatADisabledPersonsSessionGoesOn(t *testing.T) {
	exhaustive(t)
	type outcome map[string]app.Code
	const out, ok = app.CodeSignedOut, app.Code("")
	for name, c := range map[string]struct {
		happens func(w *world, p trial.Person)
		want    outcome
	}{
		"nothing": {func(*world, trial.Person) {}, outcome{
			"identify": ok, "current": ok, "renew": ok, "end": ok, "grant": ok, "register": ok, "manage": ok, "change": ok}},
		"disabled": {func(w *world, p trial.Person) { w.becomes(p, func(a *port.DirectoryAccount) { a.Disabled = true }) }, outcome{
			"identify": out, "current": out, "renew": out, "end": ok, "grant": app.CodeDisabled,
			"register": app.CodeDisabled, "manage": app.CodeDisabled, "change": app.CodeDisabled}},
		"gone": {func(w *world, p trial.Person) { w.dir.gone = p.ID }, outcome{
			"identify": out, "current": out, "renew": out, "end": ok, "grant": app.CodeEnded, "register": out, "manage": out, "change": out}},
		"not enabled": {func(w *world, p trial.Person) { w.becomes(p, func(a *port.DirectoryAccount) { a.Groups = nil }) }, outcome{
			"identify": ok, "current": ok, "renew": ok, "end": ok, "grant": ok,
			"register": app.CodeNotEnabled, "manage": app.CodeNotEnabled, "change": app.CodeNotEnabled}},
		"elsewhere": {func(w *world, p trial.Person) { w.becomes(p, func(a *port.DirectoryAccount) { a.Elsewhere = true }) }, outcome{
			"identify": ok, "current": ok, "renew": ok, "end": ok, "grant": ok,
			"register": app.CodeNotManaged, "manage": app.CodeNotManaged, "change": app.CodeNotManaged}},
		"password changed elsewhere": {func(w *world, p trial.Person) {
			w.ok(w.dir.Directory.SetPassword(w.t.Context(), p.ID, secret("set-by-the-help-desk-5")))
		}, outcome{"identify": out, "current": out, "renew": out, "end": ok, "grant": app.CodeEnded, "register": out, "manage": out, "change": out}},
	} {
		for what, want := range c.want {
			t.Run(name+"/"+what, func(t *testing.T) {
				w, ben := newWorld(t), someone(trial.Registered)
				k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ben, ben.Password), w.code(ben))
				at[app.SignedIn](k)
				grant, err := w.Grant(k.ctx, k.flow.ID)
				w.ok(err)
				caller := app.Caller{Role: app.RolePerson, Account: ben.ID, Session: grant.Session.ID, Origin: here}
				ctx := app.WithCaller(t.Context(), caller)
				c.happens(w, ben)
				start := func(p app.Purpose) error {
					f, err := w.Start(ctx, app.Start{Purpose: p, Key: w.key()})
					if blocked, is := f.Now.(app.Blocked); is {
						return &app.Error{Code: blocked.Code}
					}
					return err
				}
				switch what {
				case "identify":
					_, err = w.caller(grant.Access)
				case "current":
					_, err = w.CurrentSession(ctx)
				case "renew":
					_, err = w.Renew(t.Context(), grant.Refresh)
				case "end":
					err = w.EndSession(ctx)
				case "grant":
					_, err = w.Grant(k.ctx, k.flow.ID)
				case "register":
					err = start(app.PurposeRegister)
				case "manage":
					err = start(app.PurposeManage)
				case "change":
					err = start(app.PurposeChange)
				}
				if app.CodeOf(err) != want {
					t.Fatalf("%v, want %q", err, want)
				}
				if want != out || what == "register" || what == "manage" || what == "change" {
					return
				}
				w.dir.gone = ""
				w.becomes(ben, func(*port.DirectoryAccount) {}) // as before
				w.dead("ended for good", grant)
				if w.audited("session.end", "blocked") != 1 {
					t.Error("the trail does not say so")
				}
			})
		}
	}
}

// TestAChangeOfOnesOwnKeepsItsSession: the password that is set here is not one that was set elsewhere, though the answer is
// lost, and the next one set elsewhere is.
func TestAChangeOfOnesOwnKeepsItsSession(t *testing.T) {
	for _, lost := range []bool{false, true} {
		w, ben := newWorld(t), someone(trial.Registered)
		grant := w.signIn(ben)
		caller, err := w.caller(grant.Access)
		w.ok(err)
		k := w.start(app.PurposeChange, caller).must(app.GiveCurrentPassword{Password: secret(ben.Password)})
		w.dir.change = func(write func() error) error {
			w.ok(write())
			if _, err := w.caller(grant.Access); err != nil {
				t.Errorf("while the password is written: %v", err)
			}
			if lost {
				return errTimeout
			}
			return nil
		}
		k.must(app.GivePassword{Password: secret(newPassword)})
		w.dir.change = nil
		if _, err := w.caller(grant.Access); err != nil {
			t.Errorf("lost %v: after the write: %v", lost, err)
		}
		if lost {
			k.must(app.CheckAgain{})
		}
		at[app.Done](k)
		if _, err := w.caller(grant.Access); err != nil {
			t.Errorf("lost %v: after the change: %v", lost, err)
		}
		w.ok(w.dir.Directory.SetPassword(t.Context(), ben.ID, secret("set-by-the-help-desk-5")))
		w.dead("after another change", grant)
	}
}

// TestThreatAStolenTokenIsRaisedByItsOwner: a proof raises the level of who gave it, and not of whoever holds a token. The
// owner's flow gives the new pair, and its answer may be asked for again until the pair is used.
func TestThreatAStolenTokenIsRaisedByItsOwner(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	old := w.signIn(ben)
	w.clock.pass(11 * time.Minute)
	old, err := w.Renew(t.Context(), old.Refresh)
	w.ok(err)
	k := w.begins(old, app.PurposeManage)
	id := at[app.SecurityInfo](k).Have[1].ID
	k.must(app.Reveal{Credential: id})
	if k.flow.Regrant {
		t.Fatal("tokens are owed before the proof")
	}
	if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("a grant before the proof: %v", err)
	}
	at[app.Revealed](k.must(w.code(ben)))
	w.dead("the pair from before the proof", old)
	lost := k.regrant()
	if k.again().flow.Regrant {
		t.Error("tokens are owed after they were given")
	}
	anew, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	w.dead("the pair whose answer was lost", lost)
	if caller, err := w.caller(anew.Access); err != nil || caller.Session != old.Session.ID {
		t.Errorf("the new pair: %+v, %v", caller, err)
	}
	if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("a grant after the pair was used: %v", err)
	}
	at[app.SecurityInfo](k.must(app.Back{})) // the flow goes on
	anew, err = w.Renew(t.Context(), anew.Refresh)
	w.ok(err)
	if _, err := w.caller(anew.Access); err != nil {
		t.Fatal(err)
	}
	if w.audited("session.reuse", "blocked") != 0 {
		t.Error("a pair that was given up is taken for a stolen one")
	}
	if _, err := w.Renew(t.Context(), old.Refresh); app.CodeOf(err) != app.CodeSignedOut || w.audited("session.reuse", "blocked") != 1 {
		t.Errorf("a thief with the old pair: %v", err)
	}
	w.dead("the session that a thief shared", anew)
}

// TestThreatRegisteringRaisesAStolenToken: registering a stronger method counts as a proof by it, of who registers.
func TestThreatRegisteringRaisesAStolenToken(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	grant := w.signIn(ana)
	k := w.begins(grant, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	k.must(app.GiveCode{Digits: secret(appOf(k)(w.clock.Now()))})
	w.dead("the pair from before", grant)
	if _, err := w.caller(k.regrant().Access); err != nil {
		t.Errorf("the new pair: %v", err)
	}
}

// TestThreatASessionHasNoLastHour: a session ends after its lifetime, however often it is renewed or raised, also where the
// policy shortens it meanwhile.
func TestThreatASessionHasNoLastHour(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) { p.Sessions.Refresh, p.Sessions.Lifetime = 720*time.Hour, 5*time.Hour }), someone(trial.Registered)
	grant := w.signIn(ben)
	began := w.clock.Now()
	for w.clock.Now().Before(began.Add(5 * time.Hour)) {
		w.clock.pass(30 * time.Minute)
		next, err := w.Renew(t.Context(), grant.Refresh)
		w.ok(err)
		if grant = next; !grant.RefreshExpires.Equal(began.Add(5*time.Hour)) || grant.AccessExpires.After(grant.RefreshExpires) {
			t.Fatalf("a token lasts until %v", grant.RefreshExpires)
		}
	}
	if _, err := w.caller(grant.Access); err != nil {
		t.Errorf("its last instant: %v", err)
	}
	w.clock.pass(time.Second)
	w.dead("after its lifetime", grant)
	w.clock.pass(time.Minute)
	grant = w.signIn(ben)
	w.clock.pass(9 * time.Minute)
	w.obeys(func(p *policy.Policy) { p.Sessions.Lifetime = 10 * time.Minute })
	w.clock.pass(61 * time.Second)
	w.dead("after a shorter lifetime", grant)
}

// TestThreatASignInFlowOutlivesItsSession: once the tokens that a flow gave were used, it gives and shows nothing any more.
func TestThreatASignInFlowOutlivesItsSession(t *testing.T) {
	for name, use := range map[string]func(w *world, g app.Grant) error{
		"access":  func(w *world, g app.Grant) error { _, err := w.caller(g.Access); return err },
		"renewal": func(w *world, g app.Grant) error { _, err := w.Renew(w.t.Context(), g.Refresh); return err },
	} {
		w := newWorld(t)
		k := signedIn(w)
		grant, err := w.Grant(k.ctx, k.flow.ID)
		w.ok(err)
		w.ok(use(w, grant))
		if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded {
			t.Errorf("%s: a grant: %v", name, err)
		}
		if _, err := w.Get(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded {
			t.Errorf("%s: reading it: %v", name, err)
		}
		if name == "access" {
			if _, err := w.caller(grant.Access); err != nil {
				t.Errorf("the session: %v", err)
			}
		}
	}
}
