package backend_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// everything leads through a registration, a reset with its refusals, and a session, and gives the secrets that passed.
func everything(w *world) []string {
	ana, ben := someone(trial.Ready), someone(trial.Registered)
	var secrets []string
	keep := func(in app.GiveCode) app.GiveCode {
		secrets = append(secrets, in.Digits.Reveal())
		return in
	}
	k := w.register(ana).must(app.Choose{Kind: app.KindAuthApp})
	shown := at[app.ShowSecret](k)
	show := appOf(k)
	secrets = append(secrets, shown.URI.Reveal(), shown.Groups[0].Reveal()+shown.Groups[1].Reveal())
	k.must(keep(app.GiveCode{Digits: secret(show(w.clock.Now()))}), app.Choose{Kind: app.KindEmail})
	k.refused(app.GiveAddress{Address: "ana@harbour.example"}, app.CodeOwnDomain)
	k.must(app.GiveAddress{Address: privateMail})
	k.must(keep(w.mailed(privateMail)), app.Finish{})
	session := w.signIn(ben)
	renewed, err := w.Renew(w.t.Context(), session.Refresh)
	w.ok(err)
	for _, token := range []app.Secret{session.Access, session.Refresh, renewed.Access, renewed.Refresh, k.flow.Token} {
		if !token.Empty() {
			secrets = append(secrets, token.Reveal())
		}
	}
	r := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	r.refused(keep(w.wrongCode(ben)), app.CodeWrongCode)
	r.must(keep(w.code(ben)))
	r.must(keep(w.mailed(ben.Mail)))
	r.refused(app.GivePassword{Password: secret(ben.Password)}, app.CodeDirectory)
	r.must(app.GivePassword{Password: secret(newPassword)})
	w.start(app.PurposeSignIn, app.Caller{}).refused(try(ben, ben.Password), app.CodeSignIn)
	ask(w, someone(trial.One).UserID)
	w.messages()
	return append(secrets, ben.Password, ana.Password, newPassword, ben.Mail, privateMail)
}

func TestNoSecretReachesTheTrailOrTheLog(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.config.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.restart()
	secrets := everything(w)
	w.dir.down = errTimeout
	w.start(app.PurposeReset, app.Caller{}).refused(app.GiveUserID{UserID: someone(trial.One).UserID}, app.CodeUnavailable)
	trail, err := json.Marshal(w.trail())
	w.ok(err)
	if log.Len() == 0 {
		t.Error("a directory that is away is not in the log")
	}
	for _, s := range secrets {
		if strings.Contains(string(trail), s) {
			t.Errorf("%q is in the audit trail", s)
		}
		if strings.Contains(log.String(), s) {
			t.Errorf("%q is in the log", s)
		}
	}
}

func TestTheTrailIsChained(t *testing.T) {
	w := newWorld(t)
	everything(w)
	if err := audit.Verify(port.AuditEntry{}, w.trail()); err != nil {
		t.Error(err)
	}
}

func TestEveryRefusalAndOutcomeIsAudited(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	everything(w)
	k := w.reset(ben)
	k.refused(app.Finish{}, app.CodeNotNow)
	_, _ = w.Submit(k.ctx, k.flow.ID, k.flow.Rev+7, w.key(), app.Back{})
	_, _ = w.Submit(w.as("another"), k.flow.ID, k.flow.Rev, w.key(), app.Back{})
	_, _ = w.Start(t.Context(), app.Start{Purpose: "unlock", Key: w.key()})
	w.ok(w.Cancel(k.ctx, k.flow.ID))
	k.refused(app.Back{}, app.CodeEnded)
	seen := map[string]port.AuditEntry{}
	for _, e := range w.trail() {
		seen[strings.TrimSuffix(e.Action+" "+e.Result+" "+e.Reason, " ")] = e
	}
	for _, want := range []string{
		"sign_in.start succeeded", "sign_in.sign_in succeeded", "sign_in.sign_in failed sign_in_wrong", "session.open succeeded",
		"session.renew succeeded", "register.start succeeded", "register.choose succeeded", "register.code succeeded",
		"register.address failed address_own_domain", "register.added succeeded", "register.finish succeeded",
		"reset.start succeeded", "reset.user_id succeeded", "reset.reason succeeded", "reset.code failed code_wrong",
		"reset.gate succeeded", "reset.password succeeded", "reset.write failed directory_refused", "reset.write succeeded",
		"reset.user_id blocked could_not_verify", "help.request contacted_administrator could_not_verify",
		"reset.finish failed not_now", "reset.back failed flow_moved", "flow.back failed no_such_flow",
		"flow.start failed bad_request", "reset.end cancelled", "reset.back failed flow_ended",
	} {
		e, found := seen[want]
		if !found {
			t.Errorf("not in the audit trail: %s", want)
		}
		if found && e.Support == "" && e.Flow != "" && !strings.Contains(want, "no_such_flow") && !strings.HasPrefix(want, "session") {
			t.Errorf("%s has no support code: %+v", want, e)
		}
	}
	if e := seen["reset.code failed code_wrong"]; e.Method != string(app.KindAuthApp) {
		t.Errorf("a wrong code's entry names the method %q", e.Method)
	}
	if e := seen["reset.gate succeeded"]; e.Account != string(ben.ID) || e.Method == "" || e.Station != here.Station || e.Network != here.Network {
		t.Errorf("a gate's entry: %+v", e)
	}
}

// trail reads the audit trail.
func (w *world) trail() []port.AuditEntry {
	w.t.Helper()
	var all []port.AuditEntry
	w.ok(w.config.Store.View(w.t.Context(), func(tx port.Tx) (err error) {
		all, err = tx.AuditFrom(1, 100_000)
		return err
	}))
	return all
}

// audited counts the entries of an action with a result.
func (w *world) audited(action, result string) int {
	count := 0
	for _, e := range w.trail() {
		if e.Action == action && e.Result == result {
			count++
		}
	}
	return count
}
