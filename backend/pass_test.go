package backend_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// pass issues a pass for a person.
func (w *world) pass(p trial.Person, desk bool) app.Pass {
	w.t.Helper()
	made, err := w.IssuePass(w.operator(), app.IssuePass{UserID: p.UserID, Desk: desk, By: "jo"})
	w.ok(err)
	return made
}

// with gives a pass at the sign-in page.
func with(p trial.Person, code app.Secret) app.SignInWithPass {
	return app.SignInWithPass{UserID: p.UserID, Pass: code}
}

// byPass signs in with a new pass.
func (w *world) byPass(p trial.Person) app.Grant {
	w.t.Helper()
	k := w.start(app.PurposeSignIn, app.Caller{}).must(with(p, w.pass(p, false).Code))
	at[app.SignedIn](k)
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	return grant
}

// begins starts a flow in a session.
func (w *world) begins(grant app.Grant, purpose app.Purpose) *talk {
	w.t.Helper()
	caller, err := w.caller(grant.Access)
	w.ok(err)
	return w.start(purpose, caller)
}

// denied fails unless the session can't start a flow of the purpose.
func (w *world) denied(grant app.Grant, purpose app.Purpose, code app.Code) {
	w.t.Helper()
	_, err := w.Start(w.with(grant.Access), app.Start{Purpose: purpose, Key: w.key()})
	if app.CodeOf(err) != code {
		w.t.Errorf("%s: %v, want %s", purpose, err, code)
	}
}

func (w *world) toldOf(template app.MessageID) []string {
	w.t.Helper()
	var to []string
	for _, m := range w.messages() {
		if m.Template == template {
			to = append(to, m.To)
		}
	}
	slices.Sort(to)
	return to
}

func TestAPassSetsTheFirstPasswordAndRegisters(t *testing.T) {
	w, ines := newWorld(t), someone(trial.New)
	made := w.pass(ines, false)
	if !made.First || made.Person.Name != ines.Name || !made.Expires.Equal(w.clock.Now().Add(time.Hour)) {
		t.Errorf("the pass: %+v", made)
	}
	k := w.start(app.PurposeSignIn, app.Caller{})
	if !at[app.EnterSignIn](k).Pass {
		t.Error("signing in does not offer the pass")
	}
	typed := strings.ToLower(made.Shown().Reveal())
	if got := at[app.NewPassword](k.must(with(ines, secret(typed)))); got.Rules.History != 0 {
		t.Errorf("rules: %+v", got.Rules)
	}
	k.refused(app.GivePassword{Password: secret("short")}, app.CodePassword)
	in := at[app.SignedIn](k.must(app.GivePassword{Password: secret(newPassword)}))
	if in.Registered || in.Due != app.DueOffer || k.flow.Notice == nil || k.flow.Notice.Code != app.NoticePasswordSet {
		t.Errorf("signed in: %+v, notice %+v", in, k.flow.Notice)
	}
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	if !grant.Session.ByPass || !grant.Session.Expires.Equal(w.clock.Now().Add(15*time.Minute)) {
		t.Errorf("session: %+v", grant.Session)
	}
	if !w.signsIn(ines, newPassword) {
		t.Error("the first password does not sign in")
	}
	r := w.begins(grant, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	r.must(app.GiveCode{Digits: secret(appOf(r)(w.clock.Now()))}, app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: privateMail})
	r.must(w.mailed(privateMail))
	for _, have := range at[app.Registered](r).Have {
		if !have.UsableAt.IsZero() {
			t.Errorf("%s of a first registration cools off", have.Kind)
		}
	}
	at[app.Done](r.must(app.Finish{}))
	if _, err := w.caller(grant.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("the session by pass outlives its flow: %v", err)
	}
	for _, e := range w.trail() {
		if e.Action == "pass.use" && e.By != "jo" || e.Action == "pass.issue" && e.By != "jo" {
			t.Errorf("%s by %q", e.Action, e.By)
		}
	}
	if w.audited("pass.issue", "succeeded") != 1 || w.audited("pass.use", "succeeded") != 1 || w.audited("sign_in.write", "succeeded") != 1 {
		t.Error("the trail does not say what happened")
	}
}

func TestAPassWorksOnce(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	made := w.pass(ana, false)
	w.start(app.PurposeSignIn, app.Caller{}).must(with(ana, made.Code))
	w.start(app.PurposeSignIn, app.Caller{}).refused(with(ana, made.Code), app.CodeWrongPass)
}

func TestAHundredUsesAtOnceOneSucceeds(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	made := w.pass(ana, false)
	talks := make([]*talk, 100)
	keys := make([]app.IdempotencyKey, len(talks))
	for i := range talks {
		talks[i], keys[i] = w.start(app.PurposeSignIn, app.Caller{}), w.key()
	}
	var group sync.WaitGroup
	errs := make([]error, len(talks))
	for i, k := range talks {
		group.Go(func() { _, errs[i] = w.Submit(k.ctx, k.flow.ID, 0, keys[i], with(ana, made.Code)) })
	}
	group.Wait()
	codes := map[app.Code]int{}
	for _, err := range errs {
		codes[app.CodeOf(err)]++
	}
	if codes[""] != 1 || codes[""]+codes[app.CodeWrongPass]+codes[app.CodeThrottled] != len(talks) {
		t.Errorf("answers: %v, want one success", codes)
	}
}

func TestOneAnswerForEveryBadPass(t *testing.T) {
	w, ana, ben := newWorld(t), someone(trial.Ready), someone(trial.Registered)
	signIn := func() *talk { return w.start(app.PurposeSignIn, app.Caller{}) }
	used, voided := w.pass(ana, false), w.pass(ben, false)
	signIn().must(with(ana, used.Code))
	anew := w.pass(ben, true)
	over := w.pass(someone(trial.One), true)
	w.clock.pass(10 * time.Minute)
	inTime := w.pass(someone(trial.Locked), true)
	for name, in := range map[string]app.SignInWithPass{
		"wrong":            with(ben, secret("000000000000")),
		"used":             with(ana, used.Code),
		"voided":           with(ben, voided.Code),
		"another's":        with(ana, anew.Code),
		"nobody's":         {UserID: "nobody@harbour.example", Pass: anew.Code},
		"never had a pass": with(someone(trial.Never), anew.Code),
	} {
		refusal := signIn().refused(in, app.CodeWrongPass)
		if refusal.Field != "pass" || len(refusal.Params) != 0 || refusal.TriesLeft != 0 {
			t.Errorf("%s: %+v", name, refusal)
		}
	}
	at[app.SignedIn](signIn().must(with(ben, anew.Code))) // its last instant
	w.clock.pass(time.Second)
	signIn().refused(with(someone(trial.One), over.Code), app.CodeWrongPass)
	at[app.SignedIn](signIn().must(with(someone(trial.Locked), inTime.Code)))
	k := signIn()
	k.refused(with(ana, secret("7Q4M")), app.CodeBadPass)
	if w.audited("sign_in.pass", "failed") != 8 {
		t.Errorf("%d failures in the trail", w.audited("sign_in.pass", "failed"))
	}
}

func TestFiveWrongPassesPause(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	made := w.pass(ana, false)
	k := w.start(app.PurposeSignIn, app.Caller{})
	for range 5 {
		k.refused(with(ana, secret("000000000000")), app.CodeWrongPass)
	}
	if refusal := k.refused(with(ana, made.Code), app.CodeThrottled); !refusal.RetryAt.Equal(w.clock.Now().Add(time.Minute)) {
		t.Errorf("until %v", refusal.RetryAt)
	}
	w.restart()
	w.start(app.PurposeSignIn, app.Caller{}).refused(with(ana, made.Code), app.CodeThrottled)
	at[app.SignedIn](w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password))) // a counter of its own
	w.clock.pass(time.Minute)
	at[app.SignedIn](w.start(app.PurposeSignIn, app.Caller{}).must(with(ana, made.Code)))
	for range 5 {
		w.start(app.PurposeSignIn, app.Caller{}).refused(with(ana, secret("000000000000")), app.CodeWrongPass)
	}
	at[app.SignedIn](w.start(app.PurposeSignIn, app.Caller{}).must(with(ana, w.pass(ana, false).Code))) // a new pass begins anew
}

func TestAPassOnlyRegisters(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	grant := w.byPass(ben)
	w.denied(grant, app.PurposeManage, app.CodePassOnly)
	w.denied(grant, app.PurposeChange, app.CodePassOnly)
	k := w.begins(grant, app.PurposeRegister)
	id := at[app.Registered](k).Have[0].ID
	for _, in := range []app.Input{app.Delete{Credential: id}, app.Reveal{Credential: id}, app.SetDefault{Credential: id}, app.SignOutEverywhere{}} {
		k.refused(in, app.CodeNotNow)
	}
	r := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	r.refused(with(ben, w.pass(ben, false).Code), app.CodeNotNow)
}

func TestWhatAPassRegistersBesideOlderMethodsCoolsOff(t *testing.T) {
	cooling := func(p *policy.Policy) { p.Registration.CoolingOff = 24 * time.Hour }
	w, chiara := newWorld(t, cooling), someone(trial.One)
	k := w.begins(w.byPass(chiara), app.PurposeRegister).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: privateMail})
	k.must(w.mailed(privateMail))
	have := at[app.Registered](k).Have
	if got := have[1]; got.Kind != app.KindEmail || !got.UsableAt.Equal(w.clock.Now().Add(24*time.Hour)) {
		t.Errorf("added by pass: %+v", got)
	}
	if got := at[app.Blocked](w.reset(chiara)); got.Code != app.CodeNotVerified {
		t.Errorf("it serves a reset at once: %+v", got)
	}
	w, ana := newWorld(t, cooling), someone(trial.Ready)
	k = w.begins(w.byPass(ana), app.PurposeRegister).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: privateMail})
	k.must(w.mailed(privateMail), app.Choose{Kind: app.KindAuthApp})
	k.must(app.GiveCode{Digits: secret(appOf(k)(w.clock.Now()))})
	for _, c := range at[app.Registered](k).Have {
		if !c.UsableAt.IsZero() {
			t.Errorf("%s of who had nothing cools off", c.Kind)
		}
	}
}

func TestASessionByPassEnds(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	cancelled := w.byPass(ana)
	k := w.begins(cancelled, app.PurposeRegister)
	w.ok(w.Cancel(k.ctx, k.flow.ID))
	if _, err := w.caller(cancelled.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("after its flow was cancelled: %v", err)
	}
	grant := w.byPass(ana)
	w.clock.pass(9 * time.Minute)
	renewed, err := w.Renew(t.Context(), grant.Refresh)
	w.ok(err)
	if !renewed.Session.ByPass || !renewed.Session.Expires.Equal(w.clock.Now().Add(6*time.Minute)) {
		t.Errorf("renewed: %+v", renewed.Session)
	}
	if current, err := w.CurrentSession(w.with(renewed.Access)); err != nil || !current.ByPass {
		t.Errorf("current: %+v, %v", current, err)
	}
	w.clock.pass(6*time.Minute + time.Second)
	if _, err := w.caller(renewed.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a quarter of an hour later: %v", err)
	}
	if _, err := w.Renew(t.Context(), renewed.Refresh); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("renewed after a quarter of an hour: %v", err)
	}
}

func TestEveryChannelIsToldOfAPass(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	made := w.pass(ben, false)
	want := ben.UserID + " " + ben.Mail // sorted
	if got := strings.Join(w.toldOf(app.MessagePassIssued), " "); got != want {
		t.Errorf("of its issue: %q, want %q", got, want)
	}
	w.start(app.PurposeSignIn, app.Caller{}).must(with(ben, made.Code))
	if got := strings.Join(w.toldOf(app.MessagePassUsed), " "); got != want {
		t.Errorf("of its use: %q, want %q", got, want)
	}
	for _, m := range w.messages() {
		for _, value := range m.Params {
			if strings.Contains(value, made.Code.Reveal()[:6]) || strings.Contains(value, ben.UserID) {
				t.Errorf("%s says %q", m.Template, value)
			}
		}
	}
}

func TestWhoGetsNoPass(t *testing.T) {
	w := newWorld(t)
	for userID, code := range map[string]app.Code{
		someone(trial.Admin).UserID:      app.CodePassAdmin,
		someone(trial.Elsewhere).UserID:  app.CodeNotManaged,
		someone(trial.NotEnabled).UserID: app.CodeNotEnabled,
		"nobody@harbour.example":         app.CodeUnknown,
		"":                               app.CodeBadUserID,
	} {
		if _, err := w.IssuePass(w.operator(), app.IssuePass{UserID: userID}); app.CodeOf(err) != code {
			t.Errorf("%q: %v, want %s", userID, err, code)
		}
	}
	if n := w.audited("pass.issue", "blocked") + w.audited("pass.issue", "failed"); n != 5 {
		t.Errorf("the trail knows %d refusals", n)
	}
	ana := someone(trial.Ready)
	made := w.pass(ana, false)
	account, err := w.dir.Account(t.Context(), ana.ID)
	w.ok(err)
	account.Admin = true
	w.ok(w.dir.Put(t.Context(), account, secret(ana.Password)))
	w.start(app.PurposeSignIn, app.Caller{}).refused(with(ana, made.Code), app.CodeWrongPass)
}

func TestRevoke(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	made := w.pass(ana, false)
	w.ok(w.RevokePass(w.operator(), ana.UserID, "jo"))
	w.start(app.PurposeSignIn, app.Caller{}).refused(with(ana, made.Code), app.CodeWrongPass)
	if err := w.RevokePass(w.operator(), ana.UserID, "jo"); app.CodeOf(err) != app.CodeNoPass {
		t.Errorf("twice: %v", err)
	}
	if w.audited("pass.revoke", "succeeded") != 1 {
		t.Error("the trail does not know")
	}
}

func TestAResetVoidsAPass(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	made := w.pass(ben, false)
	at[app.Done](w.toPassword(ben).must(app.GivePassword{Password: secret(newPassword)}))
	w.start(app.PurposeSignIn, app.Caller{}).refused(with(ben, made.Code), app.CodeWrongPass)
}

func TestAPassIsNowhereInTheClear(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	made := w.pass(ana, false)
	w.start(app.PurposeSignIn, app.Caller{}).must(with(ana, made.Shown()))
	for _, name := range []string{"store.db", "store.db-wal"} {
		data, err := os.ReadFile(filepath.Join(w.folder, name))
		w.ok(err)
		for _, form := range []string{made.Code.Reveal(), made.Shown().Reveal()} {
			if bytes.Contains(data, []byte(form)) {
				t.Errorf("%s holds the pass", name)
			}
		}
	}
}

func TestTheFirstPasswordSurvivesACrash(t *testing.T) {
	w, ines := newWorld(t), someone(trial.New)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(with(ines, w.pass(ines, false).Code))
	w.dir.set = func(write func() error) error {
		w.ok(write())
		return errTimeout // the answer is lost
	}
	at[app.Confirming](k.must(app.GivePassword{Password: secret(newPassword)}))
	w.restart()
	at[app.SignedIn](k.must(app.CheckAgain{}))
	grant, err := w.Grant(k.ctx, k.flow.ID)
	if err != nil || !grant.Session.ByPass {
		t.Errorf("after the crash: %+v, %v", grant.Session, err)
	}
	if !w.signsIn(ines, newPassword) {
		t.Error("the password that was written does not sign in")
	}
}

func TestAFirstPasswordThatAnotherSetStands(t *testing.T) {
	w, ines := newWorld(t), someone(trial.New)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(with(ines, w.pass(ines, false).Code))
	w.ok(w.dir.SetPassword(t.Context(), ines.ID, secret("set-by-the-help-desk-5")))
	at[app.SignedIn](k.must(app.GivePassword{Password: secret(newPassword)}))
	if w.signsIn(ines, newPassword) {
		t.Error("the pass changed a password that there was")
	}
}

// passFrom gives a pass from somewhere else.
func (w *world) passFrom(from app.Origin, p trial.Person, code app.Secret) error {
	w.t.Helper()
	k := w.start(app.PurposeSignIn, app.Caller{Origin: from})
	ctx := app.WithCaller(w.t.Context(), app.Caller{Role: app.RoleFlow, Flow: k.flow.ID, Origin: from})
	_, err := w.Submit(ctx, k.flow.ID, k.flow.Rev, w.key(), with(p, code))
	return err
}

// TestThreatAStrangerHoldsAPassShut: wrong passes pause who types them, whatever they call their station, and nobody else.
func TestThreatAStrangerHoldsAPassShut(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	made := w.pass(ana, false)
	wrong := secret("000000000000")
	from := func(network, station string, enrolled bool) app.Origin {
		o := app.Origin{Network: network, Station: station}
		if enrolled {
			o.Enrolled = app.StationID(station)
		}
		return o
	}
	for i := range 20 {
		want := app.CodeWrongPass
		if i >= 5 {
			want = app.CodeThrottled
		}
		if err := w.passFrom(from("192.0.2.7", string(rune('a'+i)), false), ana, wrong); app.CodeOf(err) != want {
			t.Fatalf("wrong pass %d of a stranger: %v, want %s", i, err, want)
		}
		if err := w.passFrom(from("192.0.2.8", "kiosk", true), ana, wrong); app.CodeOf(err) != want {
			t.Fatalf("wrong pass %d at a kiosk: %v, want %s", i, err, want)
		}
	}
	if err := w.passFrom(from("192.0.2.7", "", false), ana, made.Code); app.CodeOf(err) != app.CodeThrottled {
		t.Errorf("the stranger's network: %v", err)
	}
	if err := w.passFrom(from("192.0.2.9", "kiosk", true), ana, made.Code); app.CodeOf(err) != app.CodeThrottled {
		t.Errorf("the kiosk at another address: %v", err)
	}
	if err := w.passFrom(from("192.0.2.9", "kiosk", false), ana, made.Code); err != nil {
		t.Errorf("its owner, elsewhere: %v", err)
	}
	if err := w.passFrom(from("192.0.2.7", "desk", true), ana, w.pass(ana, false).Code); err != nil {
		t.Errorf("its owner, at an enrolled station behind the stranger's address: %v", err)
	}
}

// TestThreatADeskPassIsTakenAnywhere: a pass from a setup desk is good at an enrolled station and in a helpful network alone;
// elsewhere it is answered, and counted, as a wrong one.
func TestThreatADeskPassIsTakenAnywhere(t *testing.T) {
	private := func(p *policy.Policy) {
		p.Feature.Disclosure, p.Feature.HelpfulNetworks = policy.Private, []string{"10.20.0.0/16"}
	}
	for _, desk := range []bool{true, false} {
		for _, c := range []struct {
			from  app.Origin
			there bool
		}{
			{app.Origin{Network: "192.0.2.7"}, false},
			{app.Origin{Network: "192.0.2.7", Station: "desk 4"}, false},
			{app.Origin{Network: "192.0.2.7", Station: "desk 4", Enrolled: "S1"}, true},
			{app.Origin{Network: "10.20.30.40"}, true},
			{app.Origin{Network: "10.21.30.40"}, false},
		} {
			w, ana := newWorld(t, private), someone(trial.Ready)
			want := app.CodeWrongPass
			if c.there || !desk {
				want = ""
			}
			made := w.pass(ana, desk)
			if err := w.passFrom(c.from, ana, made.Code); app.CodeOf(err) != want {
				t.Errorf("desk %v, %+v: %v, want %q", desk, c.from, err, want)
			}
			if want == "" {
				continue
			}
			if err := w.passFrom(app.Origin{Network: "10.20.30.40"}, ana, made.Code); err != nil {
				t.Errorf("then at the desk: %v", err)
			}
		}
	}
}

// TestThreatARevokedPassGoesOn: whoever voids a pass, by revoking it or by issuing another, ends what it opened, wherever that
// stands; what the password opened goes on.
func TestThreatARevokedPassGoesOn(t *testing.T) {
	for name, void := range map[string]func(w *world, p trial.Person){
		"revoked":  func(w *world, p trial.Person) { w.ok(w.RevokePass(w.operator(), p.UserID, "jo")) },
		"replaced": func(w *world, p trial.Person) { w.pass(p, false) },
	} {
		w, ana := newWorld(t), someone(trial.Ready)
		own := w.signIn(ana)
		grant := w.byPass(ana)
		k := w.begins(grant, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
		void(w, ana)
		w.dead(name, grant)
		k.refused(app.GiveCode{Digits: secret(appOf(k)(w.clock.Now()))}, app.CodeSignedOut)
		if _, err := w.caller(own.Access); err != nil {
			t.Errorf("%s: the session by password: %v", name, err)
		}

		k = w.start(app.PurposeSignIn, app.Caller{}).must(with(ana, w.pass(ana, false).Code))
		void(w, ana)
		if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded {
			t.Errorf("%s: a grant of what it signed in: %v", name, err)
		}

		ines := someone(trial.New) // whose first password voids nothing of its own
		k = w.start(app.PurposeSignIn, app.Caller{}).must(with(ines, w.pass(ines, false).Code), app.GivePassword{Password: secret(newPassword)})
		grant, err := w.Grant(k.ctx, k.flow.ID)
		w.ok(err)
		void(w, ines)
		w.dead(name+" after the first password", grant)
	}
}

// TestRevokingWhatIsOver: a pass that was used, and whose session is over, is none that could be revoked.
func TestRevokingWhatIsOver(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	w.byPass(ana)
	w.clock.pass(16 * time.Minute)
	if err := w.RevokePass(w.operator(), ana.UserID, "jo"); app.CodeOf(err) != app.CodeNoPass {
		t.Errorf("%v, want %s", err, app.CodeNoPass)
	}
}

// TestThreatAPassIsGuessedFromEverywhere: a hundred wrong ones end a pass, from however many places they come.
func TestThreatAPassIsGuessedFromEverywhere(t *testing.T) {
	for _, wrong := range []int{99, 100} {
		w, ana := newWorld(t), someone(trial.Ready)
		made := w.pass(ana, false)
		for i := range wrong {
			from := app.Origin{Network: fmt.Sprintf("2001:db8:%x::7", i)}
			if err := w.passFrom(from, ana, secret("000000000000")); app.CodeOf(err) != app.CodeWrongPass {
				t.Fatalf("wrong pass %d: %v", i, err)
			}
		}
		err := w.passFrom(app.Origin{Network: "192.0.2.9"}, ana, made.Code)
		if got := app.CodeOf(err); (got == "") != (wrong < 100) {
			t.Errorf("after %d wrong ones the right one: %v", wrong, err)
		}
		if err := w.passFrom(app.Origin{Network: "192.0.2.9"}, ana, w.pass(ana, false).Code); err != nil {
			t.Errorf("another pass: %v", err)
		}
	}
}

// TestThreatAPrefixHasAsManyTriesAsAddresses at a pass: an IPv6 /64 is one client.
func TestThreatAPrefixHasAsManyTriesAsAddresses(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	w.pass(ana, false)
	for i := range 7 {
		want := app.CodeWrongPass
		if i >= 5 {
			want = app.CodeThrottled
		}
		if err := w.passFrom(app.Origin{Network: fmt.Sprintf("2001:db8::%x", i+1)}, ana, secret("000000000000")); app.CodeOf(err) != want {
			t.Errorf("wrong pass %d: %v, want %s", i, err, want)
		}
	}
}
