package backend_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
)

// makes is a token that somebody makes.
func (w *world) makes(by context.Context, name string, may ...app.Scope) app.TokenMade {
	w.t.Helper()
	made, err := w.MakeToken(by, app.MakeToken{Name: name, May: may, By: "jo"})
	w.ok(err)
	return made
}

// presents is what a token stands for that comes from a network.
func (w *world) presents(token app.Secret, network string) (app.Caller, error) {
	return w.Identify(w.comes(network), token)
}

// script is a script with a token.
func (w *world) script(token app.Secret) context.Context {
	w.t.Helper()
	caller, err := w.presents(token, "192.0.2.7")
	w.ok(err)
	return app.WithCaller(w.t.Context(), caller)
}

func (w *world) tokenAt(id app.TokenID) port.TokenRecord {
	w.t.Helper()
	var r port.TokenRecord
	w.ok(w.config.Store.View(w.t.Context(), func(tx port.Tx) (err error) {
		r, err = tx.Token(id)
		return err
	}))
	return r
}

// dies fails unless a token stands for nothing.
func (w *world) dies(what string, token app.Secret) {
	w.t.Helper()
	if c, err := w.presents(token, "192.0.2.7"); app.CodeOf(err) != app.CodeSignedOut || c.Role == app.RoleScript {
		w.t.Errorf("%s: %+v, %v", what, c, err)
	}
}

func TestATokenIsMadeUsedAndRevoked(t *testing.T) {
	w, greta := newWorld(t), someone(trial.Admin)
	as := w.with(w.signIn(greta).Access)
	made := w.makes(as, "nightly", app.ScopeTrail, app.ScopePolicyRead, app.ScopeTrail)
	token, secret := made.Token, made.Secret.Reveal()
	if !app.IsToken(secret) || token.MadeBy != string(greta.ID) || !slices.Equal(token.May, []app.Scope{app.ScopePolicyRead, app.ScopeTrail}) ||
		!token.Ends.Equal(token.Made.Add(8*time.Hour)) {
		t.Errorf("made: %+v, %q", token, secret)
	}
	if r := w.tokenAt(token.ID); bytes.Contains(r.Hash, []byte(secret)) || len(r.Hash) != 32 || r.Account != greta.ID || r.Stamp == "" {
		t.Errorf("kept: %+v", r)
	}
	c, err := w.presents(made.Secret, "192.0.2.7")
	if err != nil || c.Role != app.RoleScript || c.Account != "" || c.Session != "" || c.Flow != "" || c.Token != token.ID || c.Origin.Network != "192.0.2.7" {
		t.Errorf("it stands for %+v, %v", c, err)
	}
	for _, name := range []string{"nightly", "NIGHTLY", "", " x", "a\x1b", strings.Repeat("x", 65)} {
		if _, err := w.MakeToken(as, app.MakeToken{Name: name, May: []app.Scope{app.ScopeTrail}}); app.CodeOf(err) != app.CodeTokenName {
			t.Errorf("named %q: %v", name, err)
		}
	}
	revoked, err := w.RevokeToken(as, token.ID, "somebody else")
	if err != nil || revoked.Revoked.IsZero() {
		t.Errorf("revoked: %+v, %v", revoked, err)
	}
	w.dies("revoked", made.Secret)
	for _, id := range []app.TokenID{token.ID, "none"} {
		if _, err := w.RevokeToken(as, id, ""); app.CodeOf(err) != app.CodeNoToken {
			t.Errorf("revoked once more: %v", err)
		}
	}
	w.clock.pass(time.Second)
	again := w.makes(as, "nightly", app.ScopeTrail) // the name is free
	if all, err := w.ListTokens(w.operator()); err != nil || len(all) != 2 || all[1].ID != again.Token.ID {
		t.Errorf("listed: %+v, %v", all, err)
	}
	for _, e := range w.trail() {
		if strings.HasPrefix(e.Action, "token.") && e.Action != "token.use" && (e.By != string(greta.ID) || !strings.Contains(e.Reason, `name="nightly"`)) {
			t.Errorf("the trail: %+v", e)
		}
		if strings.Contains(fmt.Sprintf("%+v", e), secret) {
			t.Errorf("the trail has the token: %+v", e)
		}
	}
	if w.audited("token.make", "succeeded") != 2 || w.audited("token.revoke", "succeeded") != 1 {
		t.Error("the trail does not tell who made and revoked tokens")
	}
	if told := w.toldOf(app.MessageTokenMade); !slices.Equal(told, []string{greta.UserID, greta.UserID}) {
		t.Errorf("told: %v", told)
	}
}

func TestHowLongATokenLives(t *testing.T) {
	w := newWorld(t)
	for life, code := range map[time.Duration]app.Code{
		time.Minute: "", 30 * 24 * time.Hour: "", time.Minute - 1: app.CodeTokenLife, 30*24*time.Hour + 1: app.CodeTokenLife, -time.Hour: app.CodeTokenLife,
	} {
		m := app.MakeToken{Name: "for " + life.String(), May: []app.Scope{app.ScopeTrail}, Life: life}
		if _, err := w.MakeToken(w.operator(), m); app.CodeOf(err) != code {
			t.Errorf("for %v: %v", life, err)
		}
	}
	for _, may := range [][]app.Scope{nil, {}, {"everything"}, {app.ScopeTrail, "tokens"}, {""}} {
		if _, err := w.MakeToken(w.operator(), app.MakeToken{Name: "x", May: may}); app.CodeOf(err) != app.CodeBadRequest {
			t.Errorf("it may %v: %v", may, err)
		}
	}
	made := w.makes(w.operator(), "nightly", app.ScopeTrail)
	w.clock.pass(8 * time.Hour)
	if _, err := w.presents(made.Secret, "192.0.2.7"); err != nil {
		t.Errorf("at its last instant: %v", err)
	}
	w.clock.pass(time.Microsecond)
	w.dies("over", made.Secret)
	w.clock.pass(-time.Minute)
	w.dies("over, and the clock is put back", made.Secret)
	w.clock.pass(121 * 24 * time.Hour)
	w.ok(w.Sweep(t.Context()))
	if all, err := w.ListTokens(w.operator()); err != nil || len(all) != 0 {
		t.Errorf("long after: %+v, %v", all, err)
	}
}

// Threat: a token is forged, cut, or another secret is presented as one.
func TestWhatIsNoToken(t *testing.T) {
	w := newWorld(t)
	secret := w.makes(w.operator(), "nightly", app.ScopeTrail).Secret.Reveal()
	random := strings.TrimPrefix(secret, app.TokenPrefix)
	for name, forged := range map[string]string{
		"a guess": app.TokenPrefix + strings.Repeat("0", app.TokenLength), "cut": secret[:len(secret)-1], "the prefix": app.TokenPrefix,
		"without its prefix": random, "in small letters": app.TokenPrefix + strings.ToLower(random), "longer": secret + "0", "a blank": secret + " ",
		"its name": app.TokenPrefix + "nightly", "its hash": app.TokenPrefix + string(w.tokenAt(w.tokens()[0].ID).Hash),
	} {
		if c, err := w.presents(app.NewSecret(forged), "local"); app.CodeOf(err) != app.CodeSignedOut {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	if _, err := w.presents(app.NewSecret(secret), "local"); err != nil {
		t.Errorf("the token: %v", err)
	}
}

func (w *world) tokens() []app.Token {
	w.t.Helper()
	all, err := w.ListTokens(w.operator())
	w.ok(err)
	return all
}

// Threat: tokens are guessed at, from one network and from many. It costs no commit for each, and keeps no script out.
func TestGuessingATokenIsThrottled(t *testing.T) {
	w := newWorld(t)
	good := w.makes(w.operator(), "nightly", app.ScopeTrail).Secret
	kept := &counting{Store: w.config.Store}
	w.config.Store = kept
	w.restart()
	guess := func(network string) app.Code {
		_, err := w.presents(app.NewSecret(app.TokenPrefix+strings.Repeat("0", app.TokenLength)), network)
		return app.CodeOf(err)
	}
	tries := 0
	for tries < 1000 && guess("198.51.100.7") == app.CodeSignedOut {
		tries++
	}
	before := kept.updates
	for range 100 {
		guess("198.51.100.7")
	}
	if code := guess("198.51.100.7"); tries != 10 || code != app.CodeThrottled || kept.updates > before {
		t.Errorf("%d guesses of one network, then %v, by %d commits", tries, code, kept.updates-before)
	}
	if _, err := w.presents(good, "198.51.100.7"); err != nil {
		t.Errorf("guessers keep a script out: %v", err)
	}
	for i := range 1000 {
		if guess(fmt.Sprintf("203.0.%d.%d", i/250, i%250)) == app.CodeThrottled {
			tries += i
			break
		}
	}
	if tries != 100 {
		t.Errorf("%d guesses of all networks", tries)
	}
}

// Threat: somebody who is no administrator any more, or whose account was taken over, goes on by a token. What ends once has ended,
// whatever the directory says later.
func TestATokenEndsWithItsMakersRights(t *testing.T) {
	for name, c := range map[string]struct {
		change func(w *world, a *port.DirectoryAccount)
		reason string
	}{
		"no administrator": {func(_ *world, a *port.DirectoryAccount) { a.Admin = false }, "not_administrator"},
		"disabled":         {func(_ *world, a *port.DirectoryAccount) { a.Disabled = true }, "account_disabled"},
		"gone":             {func(w *world, a *port.DirectoryAccount) { w.dir.gone = a.ID }, "unknown_account"},
	} {
		w, greta := newWorld(t), someone(trial.Admin)
		made := w.makes(w.with(w.signIn(greta).Access), "nightly", app.ScopeTrail)
		operators := w.makes(w.operator(), "of the server", app.ScopeTrail)
		w.script(made.Secret)
		before, err := w.dir.Account(t.Context(), greta.ID)
		w.ok(err)
		after := before
		c.change(w, &after)
		w.ok(w.dir.Put(t.Context(), after, app.Secret{}))
		w.dies(name, made.Secret)
		w.dir.gone = ""
		w.ok(w.dir.Put(t.Context(), before, app.Secret{}))
		w.dies(name+", and back again", made.Secret)
		if w.audited("token.end", "blocked") != 1 || !slices.ContainsFunc(w.trail(), func(e port.AuditEntry) bool {
			return e.Action == "token.end" && e.Reason == c.reason && e.By == "token:nightly" && e.Account == string(greta.ID)
		}) {
			t.Errorf("%s: the trail doesn't say why it ended", name)
		}
		w.script(operators.Secret) // which is nobody's account
	}
}

func TestATokenEndsWithItsMakersPassword(t *testing.T) {
	w, greta := newWorld(t), someone(trial.Admin)
	made := w.makes(w.with(w.signIn(greta).Access), "nightly", app.ScopeTrail)
	w.ok(w.dir.Directory.SetPassword(t.Context(), greta.ID, secret("seven herons cross the harbour")))
	w.dies("another password", made.Secret)
}

// Threat: who took an administrator's session over asks for tokens without end, so that one is made in the moment in which its owner
// takes the account back, and stands on the new password.
func TestATokenStandsOnThePasswordOfItsMakersSession(t *testing.T) {
	w, greta := newWorld(t), someone(trial.Admin)
	as := w.with(w.signIn(greta).Access)
	w.ok(w.dir.Directory.SetPassword(t.Context(), greta.ID, secret("seven herons cross the harbour")))
	made, err := w.MakeToken(as, app.MakeToken{Name: "nightly", May: []app.Scope{app.ScopePolicy}})
	if app.CodeOf(err) != app.CodeForbidden || len(w.tokens()) > 0 {
		t.Errorf("a token is made: %+v, %v", made.Token, err)
	}
}

// While the directory is away nobody knows whether the maker is an administrator: that means no, and ends nothing.
func TestWhileTheDirectoryIsAwayATokenOpensNothing(t *testing.T) {
	w, greta := newWorld(t), someone(trial.Admin)
	as := w.with(w.signIn(greta).Access)
	made := w.makes(as, "nightly", app.ScopeTrail)
	w.dir.down = fmt.Errorf("away")
	if _, err := w.presents(made.Secret, "192.0.2.7"); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("used: %v", err)
	}
	if _, err := w.MakeToken(as, app.MakeToken{Name: "another", May: []app.Scope{app.ScopeTrail}}); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("made: %v", err)
	}
	w.dir.down = nil
	w.script(made.Secret)
}

// Threat: a backup brings back a token that was revoked since, or was stolen with it.
func TestARestoreRevokesTokens(t *testing.T) {
	w := newWorld(t)
	made := w.makes(w.operator(), "nightly", app.ScopeTrail)
	var voided store.Voided
	w.ok(w.config.Store.Update(t.Context(), func(tx port.Tx) (err error) {
		voided, err = store.VoidRestored(tx, w.clock.Now())
		return err
	}))
	if voided.Tokens != 1 {
		t.Errorf("voided: %+v", voided)
	}
	w.dies("after a restore", made.Secret)
}

// What a token may do in the backend itself, whatever stands before it: each scope alone, and what is for people.
func TestTheBackendHoldsATokenAgainstItsScope(t *testing.T) {
	needs := map[string]app.Scope{
		"apply": app.ScopePolicy, "import": app.ScopeContacts, "issue": app.ScopePasses, "revoke": app.ScopePasses, "invite": app.ScopeStations,
		"change a station": app.ScopeStations, "history": app.ScopePolicyRead, "version": app.ScopePolicyRead, "check": app.ScopePolicyRead,
		"stations": app.ScopeStationsRead, "tokens": app.ScopeTokensRead, "messages": app.ScopeMessages,
		"make a token": "", "revoke a token": "",
	}
	w := newWorld(t)
	w.apply()
	w.ok(w.Reload(t.Context()))
	for _, s := range app.Scopes {
		as := w.script(w.makes(w.operator(), "may "+string(s), s).Secret)
		changes, reads := w.everyAdministration(as)
		for call, code := range reads {
			changes[call] = code
		}
		for call, code := range changes {
			need, known := needs[call]
			want := app.CodeTokenScope
			switch {
			case !known:
				t.Errorf("%s: which scope does it take?", call)
			case need == "":
				want = app.CodeForbidden
			case s == need, s+".read" == need:
				want = ""
			}
			if code != want {
				t.Errorf("%s with %s: %q, want %q", call, s, code, want)
			}
		}
	}
}

// Threat: a token that was revoked in the middle of a request goes on for the rest of it.
func TestARevokedTokenEndsAtOnce(t *testing.T) {
	w := newWorld(t)
	made := w.makes(w.operator(), "nightly", app.ScopePolicyRead)
	as := w.script(made.Secret)
	_, err := w.RevokeToken(w.operator(), made.Token.ID, "jo")
	w.ok(err)
	if _, err := w.History(as); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("after it was let in: %v", err)
	}
}

// TestWhatATokenDoesIsNamed in the audit trail, and no file of the server's is read for a policy that came by one.
func TestWhatATokenDoesIsNamed(t *testing.T) {
	w := newWorld(t)
	w.apply()
	w.ok(w.Reload(t.Context()))
	made := w.makes(w.operator(), "nightly", app.Scopes...)
	before := len(w.trail())
	as := w.script(made.Secret)
	w.everyAdministration(as)
	_, err := w.ImportContacts(as, app.ContactsFile{Content: []byte("user_id,email\n" + someone(trial.Ready).UserID + ",a@letters.example\n")})
	w.ok(err)
	w.ok(w.Reload(t.Context()))
	v, err := w.Version(w.operator(), 0)
	w.ok(err)
	if v.Number != 2 || v.By != "token:nightly" || v.Source == "/etc/shadow" {
		t.Errorf("version %d was applied by %q from %q", v.Number, v.By, v.Source)
	}
	seen := map[string]bool{}
	for _, e := range w.trail()[before:] {
		seen[e.Action] = true
		if e.By != "token:nightly" || e.Role != "script" || e.Network != "192.0.2.7" {
			t.Errorf("%+v", e)
		}
	}
	for _, action := range []string{"policy.apply", "pass.issue", "pass.revoke", "station.invite", "station.pause", "users.import"} {
		if !seen[action] {
			t.Errorf("the trail doesn't tell of %s", action)
		}
	}
}

// A program on the server is named as who runs it.
func TestAnImportNamesWhoRanIt(t *testing.T) {
	w := newWorld(t)
	file := app.ContactsFile{Content: []byte("user_id,email\n" + someone(trial.Ready).UserID + ",a@letters.example\n")}
	_, err := w.ImportContacts(app.WithCaller(t.Context(), app.Caller{Role: app.RoleAdmin, Name: "jo", Origin: here}), file)
	w.ok(err)
	if last := w.trail()[len(w.trail())-1]; last.Action != "users.import" || last.By != "jo" {
		t.Errorf("%+v", last)
	}
}

// A commit for each request would be dear.
func TestTheLastUseOfATokenIsKeptNowAndThen(t *testing.T) {
	w := newWorld(t)
	made := w.makes(w.operator(), "nightly", app.ScopeTrail)
	kept := &counting{Store: w.config.Store}
	w.config.Store = kept
	w.restart()
	before, first := kept.updates, w.clock.Now()
	for range 10 {
		w.script(made.Secret)
		w.clock.pass(time.Minute)
	}
	if n := kept.updates - before; n != 1 || !w.tokenAt(made.Token.ID).Used.Equal(first) {
		t.Errorf("%d transactions for ten requests; used at %v", n, w.tokenAt(made.Token.ID).Used)
	}
	w.clock.pass(time.Minute)
	w.script(made.Secret)
	if got := w.tokenAt(made.Token.ID).Used; !got.Equal(w.clock.Now()) {
		t.Errorf("used at %v, it is %v", got, w.clock.Now())
	}
}

// Threat: a script does what people do.
func TestATokenHasNoConversationOfAPersons(t *testing.T) {
	w := newWorld(t)
	as := w.script(w.makes(w.operator(), "nightly", app.Scopes...).Secret)
	for _, purpose := range []app.Purpose{app.PurposeManage, app.PurposeRegister, app.PurposeChange} {
		if _, err := w.Start(as, app.Start{Purpose: purpose, Key: w.key()}); err == nil {
			t.Errorf("it starts %s", purpose)
		}
	}
	if _, err := w.CurrentSession(as); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("it has a session: %v", err)
	}
}
