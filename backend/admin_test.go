package backend_test

import (
	"context"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// everyAdministration calls each service of administrators, and gives the codes of those that change something and of
// those that read.
func (w *world) everyAdministration(ctx context.Context) (changes, reads map[string]app.Code) {
	w.t.Helper()
	ana := someone(trial.Ready).UserID
	draft := app.PolicyDraft{Document: w.document(), Source: "/etc/shadow", By: "somebody else", After: w.newestPolicy()}
	_, applied := w.ApplyPolicy(ctx, draft)
	_, imported := w.ImportContacts(ctx, app.ContactsFile{Content: []byte("user_id,email\n"), DryRun: true})
	_, issued := w.IssuePass(ctx, app.IssuePass{UserID: ana, By: "somebody else"})
	revoked := w.RevokePass(ctx, ana, "somebody else")
	invited, inviting := w.InviteStation(ctx, "Kiosk "+string(w.key()), "somebody else")
	changing := inviting
	if _, err := w.ChangeStation(ctx, app.ChangeStation{ID: invited.Station.ID, What: app.StationPause}); inviting == nil {
		changing = err
	}
	made, making := w.MakeToken(ctx, app.MakeToken{Name: "script " + string(w.key()), May: []app.Scope{app.ScopeTrail}})
	revoking := making
	if _, err := w.RevokeToken(ctx, made.Token.ID, "somebody else"); making == nil {
		revoking = err
	}
	hugo := someone(trial.Never)
	w.frozen(port.FrozenRecord{Account: hugo.ID, Since: w.clock.Now()})
	_, thawing := w.Unfreeze(ctx, app.Unfreeze{UserID: hugo.UserID, Reason: "called", By: "somebody else"})
	_, stands := w.Standing(ctx, ana)
	_, tokens := w.ListTokens(ctx)
	_, messages := w.MessagesOf(ctx, ana)
	_, stations := w.ListStations(ctx)
	_, listed := w.History(ctx)
	_, read := w.Version(ctx, 1)
	_, checked := w.CheckPolicy(ctx, draft)
	return map[string]app.Code{
			"apply": app.CodeOf(applied), "import": app.CodeOf(imported), "issue": app.CodeOf(issued), "revoke": app.CodeOf(revoked),
			"invite": app.CodeOf(inviting), "change a station": app.CodeOf(changing),
			"make a token": app.CodeOf(making), "revoke a token": app.CodeOf(revoking),
			"unfreeze": app.CodeOf(thawing),
		}, map[string]app.Code{
			"history": app.CodeOf(listed), "version": app.CodeOf(read), "check": app.CodeOf(checked), "stations": app.CodeOf(stations),
			"tokens": app.CodeOf(tokens), "standing": app.CodeOf(stands), "messages": app.CodeOf(messages),
		}
}

func (w *world) allAre(what string, codes map[string]app.Code, want app.Code) {
	w.t.Helper()
	for call, code := range codes {
		if code != want {
			w.t.Errorf("%s, %s: %q, want %q", what, call, code, want)
		}
	}
}

// TestAdministrationIsForAdministrators who have proven lately who they are.
func TestAdministrationIsForAdministrators(t *testing.T) {
	w := newWorld(t)
	w.apply()
	w.ok(w.Reload(t.Context()))
	for name, caller := range map[string]app.Caller{
		"anyone": {Role: app.RoleAnyone, Origin: here}, "a flow": {Role: app.RoleFlow, Flow: "F", Origin: here},
		"a person": {Role: app.RolePerson, Account: "A", Session: "S", Origin: here},
	} {
		changes, reads := w.everyAdministration(app.WithCaller(t.Context(), caller))
		w.allAre(name, changes, app.CodeForbidden)
		w.allAre(name, reads, app.CodeForbidden)
	}
	stranger := app.Caller{Role: app.RoleAdmin, Account: "A", Session: "none", Origin: here}
	changes, reads := w.everyAdministration(app.WithCaller(t.Context(), stranger))
	w.allAre("a session that is none", changes, app.CodeSignedOut)
	w.allAre("a session that is none", reads, app.CodeSignedOut)

	greta := w.with(w.signIn(someone(trial.Admin)).Access)
	changes, reads = w.everyAdministration(greta)
	w.allAre("a fresh administrator", changes, "")
	w.allAre("a fresh administrator", reads, "")
	w.clock.pass(10*time.Minute + time.Second)
	changes, reads = w.everyAdministration(greta)
	w.allAre("an administrator whose proof is old", changes, app.CodeProofOld)
	w.allAre("an administrator whose proof is old", reads, "")
}

// TestAnAdministratorIsNamed as the session says, and no file of the server's is read for a policy that came by it.
func TestAnAdministratorIsNamed(t *testing.T) {
	w, greta := newWorld(t), someone(trial.Admin)
	w.apply()
	w.ok(w.Reload(t.Context()))
	w.everyAdministration(w.with(w.signIn(greta).Access))
	w.ok(w.Reload(t.Context()))
	v, err := w.Version(w.operator(), 0)
	w.ok(err)
	if v.Number != 2 || v.By != string(greta.ID) || v.Source == "/etc/shadow" {
		t.Errorf("version %d was applied by %q from %q", v.Number, v.By, v.Source)
	}
	for _, e := range w.trail() {
		if (e.Action == "pass.issue" || e.Action == "pass.revoke") && e.By != string(greta.ID) {
			t.Errorf("%s by %q", e.Action, e.By)
		}
	}
}
