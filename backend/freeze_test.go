package backend_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

const server = "https://reset.harbour.example"

// served makes the world's backend that of a server with an address.
func served(t testing.TB, change ...func(*policy.Policy)) *world {
	t.Helper()
	w := newWorld(t, change...)
	w.config.BaseURL = server
	w.restart()
	return w
}

// frozen freezes an account.
func (w *world) frozen(r port.FrozenRecord) {
	w.t.Helper()
	w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error { return tx.PutFrozen(r) }))
}

// isFrozen reads an account's freeze.
func (w *world) isFrozen(id app.AccountID) (rec port.FrozenRecord, frozen bool) {
	w.t.Helper()
	err := w.config.Store.View(w.t.Context(), func(tx port.Tx) (err error) {
		rec, err = tx.Frozen(id)
		return err
	})
	if errors.Is(err, port.ErrNotFound) {
		return rec, false
	}
	w.ok(err)
	return rec, true
}

// linkOf is the token in the last message of a template.
func (w *world) linkOf(template app.MessageID) app.Secret {
	w.t.Helper()
	token, found := "", false
	for _, m := range w.messages() {
		if m.Template == template {
			token, found = strings.CutPrefix(m.Link, server+app.ObjectionPath)
		}
	}
	if !found || len(token) != app.ObjectionLength || strings.Trim(token, app.ObjectionAlphabet) != "" {
		w.t.Fatalf("the message %s has no link: %q", template, token)
	}
	return secret(token)
}

// object says by a token that this wasn't me.
func (w *world) object(token app.Secret) app.Objection {
	w.t.Helper()
	o, err := w.Object(w.stranger(), token)
	w.ok(err)
	return o
}

// resets has a person reset their password.
func (w *world) resets(p trial.Person) {
	w.t.Helper()
	at[app.Done](w.toPassword(p).must(app.GivePassword{Password: secret(newPassword)}))
}

// refusesWith fails unless signing in, a reset and a pass are refused with a code.
func (w *world) refusesWith(p trial.Person, password string, code app.Code) {
	w.t.Helper()
	k := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: p.UserID, Password: secret(password)})
	if got := at[app.Blocked](k).Code; got != code {
		w.t.Errorf("signing in: %s, want %s", got, code)
	}
	if _, err := w.IssuePass(w.operator(), app.IssuePass{UserID: p.UserID}); app.CodeOf(err) != code {
		w.t.Errorf("a pass: %v, want %s", err, code)
	}
}

func TestWhoObjectsFreezesTheAccount(t *testing.T) {
	w, ben := served(t), someone(trial.Registered)
	session := w.signIn(ben)
	w.resets(ben)
	w.clock.pass(time.Minute)
	other := w.begins(w.grantOf(ben, newPassword), app.PurposeManage)
	begun := w.reset(ben)
	token := w.linkOf(app.MessagePasswordChanged)
	changed := w.clock.Now().Add(-time.Minute)
	read, err := w.Objection(w.stranger(), token)
	w.ok(err)
	if read.Event != app.MessagePasswordChanged || !read.Spent.IsZero() || read.At.After(changed) {
		t.Errorf("the link says %+v", read)
	}
	if _, frozen := w.isFrozen(ben.ID); frozen {
		t.Fatal("reading a link froze the account")
	}
	w.clock.pass(time.Minute)
	done := w.object(token)
	if !done.Spent.Equal(w.clock.Now()) {
		t.Errorf("objected at %v, now %v", done.Spent, w.clock.Now())
	}
	if rec, frozen := w.isFrozen(ben.ID); !frozen || rec.Event != app.MessagePasswordChanged || !rec.Before.Equal(read.At) || !rec.Since.Equal(done.Spent) {
		t.Errorf("the freeze: %+v, %v", rec, frozen)
	}
	w.dead("the session from before", session)
	for what, k := range map[string]*talk{"a page of a session": other, "a reset": begun} {
		if _, err := w.Get(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded && app.CodeOf(err) != app.CodeSignedOut {
			t.Errorf("%s goes on: %v", what, err)
		}
	}
	w.refusesWith(ben, newPassword, app.CodeFrozen)
	account, err := w.dir.Account(t.Context(), ben.ID)
	w.ok(err)
	if account.Disabled || account.LockedUntil.After(w.clock.Now()) {
		t.Errorf("the directory's account was touched: %+v", account)
	}
	for _, to := range []string{ben.Mail, ben.UserID} {
		if w.heard(app.MessageFrozen, to) != 1 {
			t.Errorf("%s was not told once of the freeze", to)
		}
	}
	if desk := w.config.Policy.HelpDesk.Mail; w.heard(app.MessageHelpRequest, desk) != 1 {
		t.Error("the help desk was not asked")
	}
	for _, m := range w.messages() {
		if m.Template == app.MessageFrozen && (m.Link != "" || m.Params["event"] != string(app.MessagePasswordChanged)) {
			t.Errorf("the notice of the freeze: %+v", m)
		}
	}
	if e := w.lastEntry("account.freeze"); e.Result != "succeeded" || e.Reason != string(app.MessagePasswordChanged) || e.Account != string(ben.ID) || e.Network != "192.0.2.7" {
		t.Errorf("the audit trail: %+v", e)
	}
	again := w.object(token)
	if !again.Spent.Equal(done.Spent) || w.heard(app.MessageFrozen, ben.Mail) != 1 || w.audited("account.freeze", "succeeded") != 1 {
		t.Errorf("a second time: %+v", again)
	}
}

// Threat: a link is used by many at once. It freezes once, and tells once.
func TestThreatALinkIsUsedByManyAtOnce(t *testing.T) {
	w, ben := served(t), someone(trial.Registered)
	w.resets(ben)
	token := w.linkOf(app.MessagePasswordChanged)
	var all sync.WaitGroup
	said := make([]app.Objection, 100)
	for i := range said {
		all.Go(func() {
			o, err := w.Object(w.stranger(), token)
			if err != nil {
				t.Error(err)
			}
			said[i] = o
		})
	}
	all.Wait()
	for _, o := range said {
		if o != said[0] || o.Spent.IsZero() {
			t.Fatalf("told %+v and %+v", o, said[0])
		}
	}
	if w.audited("account.freeze", "succeeded") != 1 || w.heard(app.MessageFrozen, ben.Mail) != 1 || w.heard(app.MessageHelpRequest, w.config.Policy.HelpDesk.Mail) != 1 {
		t.Error("a link that many used did not freeze once and tell once")
	}
}

// A link is good for seven days, to the last instant; then it is like one that never was.
func TestALinkIsGoodForSevenDays(t *testing.T) {
	w, ben := served(t), someone(trial.Registered)
	w.resets(ben)
	token := w.linkOf(app.MessagePasswordChanged)
	w.clock.pass(app.ObjectionLife)
	if _, err := w.Objection(w.stranger(), token); err != nil {
		t.Errorf("at its last instant: %v", err)
	}
	w.clock.pass(time.Second)
	for what, call := range map[string]func() error{
		"read": func() error { _, err := w.Objection(w.stranger(), token); return err },
		"used": func() error { _, err := w.Object(w.stranger(), token); return err },
	} {
		if err := call(); app.CodeOf(err) != app.CodeNoObjection {
			t.Errorf("%s a second later: %v", what, err)
		}
	}
	if _, frozen := w.isFrozen(ben.ID); frozen {
		t.Error("a link whose time is over froze the account")
	}
	w.clock.pass(-2 * time.Second) // somebody puts the clock back
	if _, err := w.Object(w.stranger(), token); app.CodeOf(err) != app.CodeNoObjection {
		t.Errorf("what was over began anew: %v", err)
	}
}

func TestTwoOlderMethodsLiftAFreeze(t *testing.T) {
	w, ben := served(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail), disclose(policy.Helpful)), someone(trial.Registered)
	w.resets(ben)
	w.clock.pass(time.Hour)
	w.object(w.linkOf(app.MessagePasswordChanged))
	blocked := at[app.Blocked](w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: ben.UserID, Password: secret(newPassword)}))
	if blocked.Code != app.CodeFrozen || !blocked.Lifts {
		t.Errorf("signing in: %+v", blocked)
	}
	w.becomes(ben, func(a *port.DirectoryAccount) { a.Protected = true })
	again := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: ben.UserID, Password: secret(newPassword)})
	if got := at[app.Blocked](again); got.Code != app.CodeFrozen || got.Lifts {
		t.Errorf("signing in, where nobody may reset: %+v", got)
	}
	w.becomes(ben, func(a *port.DirectoryAccount) { a.Protected = false })
	w.clock.pass(time.Hour)
	k := w.reset(ben)
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeFrozen {
		t.Errorf("who may know is not told: %+v", n)
	}
	k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	if _, frozen := w.isFrozen(ben.ID); !frozen {
		t.Fatal("one method lifted the freeze")
	}
	k.must(w.mailed(ben.Mail))
	at[app.NewPassword](k)
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeUnfrozen {
		t.Errorf("the notice: %+v", n)
	}
	if _, frozen := w.isFrozen(ben.ID); frozen {
		t.Fatal("two older methods did not lift the freeze")
	}
	if w.heard(app.MessageUnfrozen, ben.Mail) != 1 || w.heard(app.MessageUnfrozen, ben.UserID) != 1 || w.audited("account.unfreeze", "succeeded") != 1 {
		t.Error("the lift was not told, or not audited")
	}
	w.ok(w.Cancel(k.ctx, k.flow.ID))
	w.grantOf(ben, newPassword)
	// Who objects to the lift objects to the methods: the help desk alone lifts that.
	w.object(w.linkOf(app.MessageUnfrozen))
	if rec, frozen := w.isFrozen(ben.ID); !frozen || !rec.Before.IsZero() {
		t.Errorf("after an objection to the lift: %+v, %v", rec, frozen)
	}
	if got := at[app.Blocked](w.reset(ben)).Code; got != app.CodeFrozen {
		t.Errorf("a reset: %s", got)
	}
}

// TestALiftEndsTheLinksBeforeIt: who finds one later freezes nothing anew, whoever lifted the freeze; those since then are good.
func TestALiftEndsTheLinksBeforeIt(t *testing.T) {
	for name, lift := range map[string]func(w *world, p trial.Person){
		"two ways": func(w *world, p trial.Person) {
			at[app.NewPassword](w.reset(p).must(app.Choose{Kind: app.KindAuthApp}, w.code(p), app.Choose{Kind: app.KindEmail}).must(w.mailed(p.Mail)))
		},
		"the help desk": func(w *world, p trial.Person) {
			_, err := w.Unfreeze(w.operator(), app.Unfreeze{UserID: p.UserID, Reason: "seen at the desk"})
			w.ok(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, ben := served(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail), disclose(policy.Helpful)), someone(trial.Registered)
			w.registerText(ben)
			unused := w.linkOf(app.MessageMethodAdded)
			w.clock.pass(100 * time.Hour)
			changed := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}, w.code(ben), app.Choose{Kind: app.KindEmail})
			at[app.Done](changed.must(w.mailed(ben.Mail), app.GivePassword{Password: secret(newPassword)}))
			used := w.linkOf(app.MessagePasswordChanged)
			if o := w.object(used); o.Over {
				t.Errorf("while it is frozen the link says %+v", o)
			}
			w.clock.pass(time.Hour)
			lift(w, ben)
			w.clock.pass(time.Hour)
			for what, token := range map[string]app.Secret{"unused": unused, "used": used} {
				read, err := w.Objection(w.stranger(), token)
				w.ok(err)
				if done := w.object(token); done != read || !done.Over || done.Spent.IsZero() {
					t.Errorf("the %s link says %+v and %+v", what, read, done)
				}
			}
			if _, frozen := w.isFrozen(ben.ID); frozen {
				t.Fatal("a link from before the lift froze the account again")
			}
			w.pass(ben, false)
			w.object(w.linkOf(app.MessagePassIssued))
			if _, frozen := w.isFrozen(ben.ID); !frozen {
				t.Error("a link since the lift froze nothing")
			}
			if o := w.object(unused); !o.Over {
				t.Errorf("in another freeze the link from before says %+v", o)
			}
		})
	}
}

// TestAFreezeNeedsNoDirectory: it holds from the moment on, who stands in Sparekey's own records is told, and the help desk is asked by what
// names the account there.
func TestAFreezeNeedsNoDirectory(t *testing.T) {
	for _, mail := range []string{"desk@harbour.example", ""} {
		w, ben := served(t, func(p *policy.Policy) { p.HelpDesk.Mail = mail }), someone(trial.Registered)
		session := w.signIn(ben)
		w.resets(ben)
		token := w.linkOf(app.MessagePasswordChanged)
		w.dir.down = errors.New("the directory is away")
		if o := w.object(token); !o.Spent.Equal(w.clock.Now()) || o.Alone != (mail == "") {
			t.Errorf("the page says %+v", o)
		}
		if _, frozen := w.isFrozen(ben.ID); !frozen {
			t.Fatal("nothing is frozen")
		}
		w.dead("the session from before", session)
		if w.heard(app.MessageFrozen, ben.Mail) != 1 || w.audited("account.freeze", "succeeded") != 1 {
			t.Error("the mailbox that was registered is not told, or nothing is audited")
		}
		asked := 0
		for _, m := range w.messages() {
			if m.Template == app.MessageHelpRequest && m.To == mail && m.Params["user_id"] == string(ben.ID) {
				asked++
			}
		}
		if want := min(len(mail), 1); asked != want {
			t.Errorf("the help desk %q was asked %d times", mail, asked)
		}
		w.clock.pass(3 * 24 * time.Hour) // the directory is away for long, and the server stops meanwhile
		w.messages()
		w.restart()
		w.dir.down = nil
		w.clock.pass(15 * time.Minute)
		w.messages() // asks the directory
		if w.heard(app.MessageFrozen, ben.Mail) != 1 || w.heard(app.MessageFrozen, ben.UserID) != 1 {
			t.Error("with the directory back, the work mailbox is not told, or the other one is told again")
		}
		if n := w.asks(ben.UserID); mail == "" && n == 0 || mail != "" && n != 0 {
			t.Errorf("%d administrators got the request for help, while the desk is %q", n, mail)
		}
		w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) error {
			asked, err := tx.OpenHelpRequest(ben.ID)
			if err == nil && asked.UserID != ben.UserID {
				t.Errorf("the request is of %q", asked.UserID)
			}
			return err
		}))
		w.refusesWith(ben, newPassword, app.CodeFrozen)
	}
}

// asks is how many requests for help of a user ID were sent.
func (w *world) asks(userID string) (n int) {
	for _, m := range w.messages() {
		if m.Template == app.MessageHelpRequest && m.Params["user_id"] == userID {
			n++
		}
	}
	return n
}

// TestThoseWhoAreToldLaterAreToldOnce: what waits for the directory is one message of its account, that says so, and is given up after a
// week.
func TestThoseWhoAreToldLaterAreToldOnce(t *testing.T) {
	w, ben := served(t), someone(trial.Registered)
	w.resets(ben)
	token := w.linkOf(app.MessagePasswordChanged)
	w.dir.down = errors.New("the directory is away")
	w.object(token)
	w.messages()
	w.dir.down = nil
	all, err := w.MessagesOf(w.operator(), ben.UserID)
	w.ok(err)
	if i := slices.IndexFunc(all, func(m app.MessageTrace) bool { return m.Channel == port.Unaddressed }); i < 0 ||
		all[i].Delivery != app.DeliveryLate || !slices.Equal(all[i].Said, []string{"directory unavailable"}) {
		t.Errorf("the help desk is told %+v", all)
	}
	w.dir.down = errors.New("the directory is away")
	w.clock.pass(7 * 24 * time.Hour)
	w.messages()
	w.dir.down = nil
	w.clock.pass(time.Hour)
	w.messages()
	if w.heard(app.MessageFrozen, ben.UserID) != 0 || !slices.Contains(w.outboxTrail(), "outbox.failed frozen; too_old") {
		t.Errorf("after a week the trail says %q", w.outboxTrail())
	}
}

// Threat: who took an account over lifts its freeze by what they registered. What is younger than the event, was replaced or was
// confirmed since then does not count, nor does a key that is two gates elsewhere.
func TestThreatANewMethodLiftsAFreeze(t *testing.T) {
	w, ben := served(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail), disclose(policy.Helpful)), someone(trial.Registered)
	w.registerText(ben)
	w.object(w.linkOf(app.MessageMethodAdded))
	w.clock.pass(100 * time.Hour) // longer than anything cools off
	offered := at[app.ChooseMethod](w.reset(ben)).Choices
	if slices.ContainsFunc(offered, func(c app.Choice) bool { return c.Kind == app.KindSMS }) {
		t.Errorf("a method of the event itself serves: %v", offered)
	}
	for what, spoil := range map[string]func(*port.CredentialRecord){
		"younger":         func(c *port.CredentialRecord) { c.Added = w.clock.Now().Add(-time.Hour) },
		"confirmed since": func(c *port.CredentialRecord) { c.Entered, c.Confirmed = c.Added, w.clock.Now().Add(-time.Hour) },
		"not confirmed":   func(c *port.CredentialRecord) { c.Entered = c.Added },
	} {
		t.Run(what, func(t *testing.T) {
			before := w.onFile(ben)[app.KindEmail]
			w.change(ben, func(c *port.CredentialRecord) {
				if c.Kind == app.KindEmail {
					spoil(c)
				}
			})
			if got := at[app.Blocked](w.reset(ben)); got.Code != app.CodeFrozen {
				t.Errorf("a reset: %+v", got)
			}
			w.change(ben, func(c *port.CredentialRecord) {
				if c.Kind == app.KindEmail {
					*c = before
				}
			})
		})
	}
}

// Threat: one key, which is two gates elsewhere, lifts a freeze by itself.
func TestThreatAKeyLiftsAFreezeAlone(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered)
	w.clock.pass(100 * time.Hour)
	w.frozen(port.FrozenRecord{Account: ben.ID, Since: w.clock.Now(), Event: app.MessagePasswordChanged, Before: w.clock.Now()})
	k := w.reset(ben)
	for _, c := range at[app.ChooseMethod](k).Choices {
		if c.Double {
			t.Errorf("offered as two: %+v", c)
		}
	}
	k.must(app.Choose{Kind: app.KindSecurityKey})
	k.must(k.use(key))
	if _, frozen := w.isFrozen(ben.ID); !frozen {
		t.Fatal("a key lifted the freeze")
	}
	k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	at[app.NewPassword](k)
	if _, frozen := w.isFrozen(ben.ID); frozen {
		t.Error("a key and an app did not lift it")
	}
}

// In private disclosure the page before a first proof says nothing of a freeze, and the one after it does.
func TestAFreezeIsToldAfterAProof(t *testing.T) {
	w, ben := newWorld(t, private, func(p *policy.Policy) { p.Codes.ConfirmDestination = false }), someone(trial.Registered)
	w.frozen(port.FrozenRecord{Account: ben.ID, Since: w.clock.Now(), Event: app.MessagePasswordChanged, Before: w.clock.Now()})
	k := w.reset(ben)
	if k.flow.Notice != nil {
		t.Errorf("a stranger is told %+v", k.flow.Notice)
	}
	k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeFrozen {
		t.Errorf("after a proof: %+v", n)
	}
	k.must(w.mailed(ben.Mail))
	at[app.NewPassword](k)
}

// Where too few older methods are left, a stranger walks through a decoy; the owner and the help desk are told why.
func TestAFreezeThatNothingLiftsIsADecoy(t *testing.T) {
	w, ben := newWorld(t, private), someone(trial.Registered)
	w.frozen(port.FrozenRecord{Account: ben.ID, Since: w.clock.Now(), Event: app.MessagePasswordChanged})
	at[app.ChooseMethod](w.reset(ben))
	for template, to := range map[app.MessageID]string{app.MessageResetTried: ben.Mail, app.MessageResetRefused: w.config.Policy.HelpDesk.Mail} {
		if w.heard(template, to) != 1 {
			t.Errorf("%s did not go to %s", template, to)
		}
	}
	if e := w.lastEntry("reset.user_id"); e.Reason != string(app.CodeFrozen) || e.Result != "blocked" {
		t.Errorf("the audit trail: %+v", e)
	}
	k := w.reset(ben).must(app.ContactAdmin{})
	at[app.RequestSent](k)
	if e := w.lastEntry("help.request"); e.Reason != string(app.CodeFrozen) {
		t.Errorf("the request: %+v", e)
	}
}

// An objection to an older event leaves fewer methods, also for a reset that has begun.
func TestTheOldestEventCounts(t *testing.T) {
	w, ben := served(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail), disclose(policy.Helpful)), someone(trial.Registered)
	w.registerText(ben)
	older := w.linkOf(app.MessageMethodAdded)
	w.clock.pass(100 * time.Hour)
	changed := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}, w.code(ben), app.Choose{Kind: app.KindEmail})
	at[app.Done](changed.must(w.mailed(ben.Mail), app.GivePassword{Password: secret(newPassword)}))
	w.object(w.linkOf(app.MessagePasswordChanged))
	w.clock.pass(time.Minute)
	k := w.reset(ben)
	if n := len(at[app.ChooseMethod](k).Choices); n != 3 {
		t.Fatalf("%d ways are older than the change of the password", n)
	}
	w.object(older)
	k.refused(app.Choose{Kind: app.KindSMS}, app.CodeEnded)
	if n := len(at[app.ChooseMethod](w.reset(ben)).Choices); n != 2 {
		t.Errorf("%d ways are older than the number", n)
	}
	if w.audited("account.freeze", "succeeded") != 2 || w.heard(app.MessageFrozen, ben.Mail) != 1 {
		t.Error("the second objection is not audited, or told again")
	}
}

func TestTheHelpDeskLiftsAFreeze(t *testing.T) {
	w, ben := served(t), someone(trial.Registered)
	lift := func(reason string) error {
		_, err := w.Unfreeze(w.operator(), app.Unfreeze{UserID: ben.UserID, Reason: reason, By: "jo"})
		return err
	}
	if err := lift("nothing to lift"); app.CodeOf(err) != app.CodeNotFrozen {
		t.Errorf("an account that is not frozen: %v", err)
	}
	w.resets(ben)
	w.object(w.linkOf(app.MessagePasswordChanged))
	stands, err := w.Standing(w.operator(), ben.UserID)
	w.ok(err)
	if f := stands.Freeze; f == nil || f.Event != app.MessagePasswordChanged || !f.Since.Equal(w.clock.Now()) || stands.Registered != 2 {
		t.Errorf("how they stand: %+v", stands)
	}
	for _, reason := range []string{"", "  ", "two\nlines", strings.Repeat("x", app.MaxUnfreezeReason+1), "a\x00b"} {
		if err := lift(reason); app.CodeOf(err) != app.CodeFreezeReason {
			t.Errorf("the reason %q: %v", reason, err)
		}
	}
	w.ok(lift("she called from her office"))
	if e := w.lastEntry("account.unfreeze"); e.By != "jo" || e.Reason != "she called from her office" || e.Account != string(ben.ID) {
		t.Errorf("the audit trail: %+v", e)
	}
	if w.heard(app.MessageUnfrozenByDesk, ben.Mail) != 1 || w.heard(app.MessageUnfrozenByDesk, ben.UserID) != 1 {
		t.Error("the lift was not told on every channel")
	}
	w.grantOf(ben, newPassword)
	w.toPassword(ben)
	w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) error {
		if open, err := tx.OpenHelpRequest(ben.ID); !errors.Is(err, port.ErrNotFound) {
			t.Errorf("the request of the freeze is open: %+v, %v", open, err)
		}
		return nil
	}))
}

// A frozen account gets a pass neither used nor issued, and one that was there is void.
func TestAFreezeVoidsAPass(t *testing.T) {
	w, ben := served(t), someone(trial.Registered)
	made := w.pass(ben, false)
	w.object(w.linkOf(app.MessagePassIssued))
	k := w.start(app.PurposeSignIn, app.Caller{})
	k.refused(with(ben, made.Code), app.CodeWrongPass)
	w.refusesWith(ben, ben.Password, app.CodeFrozen)
}

// Every message is one that people object to, or one that they don't; those of an account's owner carry a link, and one event has one.
func TestEveryNoticeToAnOwnerCarriesALink(t *testing.T) {
	w, ben := served(t), someone(trial.Registered)
	w.pass(ben, false)
	w.resets(ben)
	links := map[app.MessageID]map[string]bool{}
	for _, m := range w.messages() {
		if wants := slices.Contains(app.Objectable, m.Template); wants != (m.Link != "") {
			t.Errorf("the message %s has the link %q", m.Template, m.Link)
		}
		if m.Link != "" {
			if links[m.Template] == nil {
				links[m.Template] = map[string]bool{}
			}
			links[m.Template][m.Link] = true
		}
	}
	for template, some := range links {
		if len(some) != 1 {
			t.Errorf("%s has %d links", template, len(some))
		}
	}
	if len(links) < 2 {
		t.Errorf("links in %v", links)
	}
}

// Where nobody said how the server is reached there is no page, and so no link.
func TestWithoutAnAddressThereAreNoLinks(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	w.resets(ben)
	for _, m := range w.messages() {
		if m.Link != "" {
			t.Errorf("the message %s has the link %q", m.Template, m.Link)
		}
	}
}

// Tokens that stand for nothing are counted by the network, and keep waiting nobody who has a good one.
func TestLinksThatStandForNothingAreCounted(t *testing.T) {
	w, ben := served(t), someone(trial.Registered)
	w.resets(ben)
	token := w.linkOf(app.MessagePasswordChanged)
	var last error
	for range 100 {
		_, last = w.Objection(w.stranger(), secret("nothing"))
	}
	if app.CodeOf(last) != app.CodeThrottled {
		t.Errorf("after a hundred: %v", last)
	}
	if _, err := w.Objection(w.stranger(), token); err != nil {
		t.Errorf("a good one from there: %v", err)
	}
}

func (w *world) lastEntry(action string) (last port.AuditEntry) {
	w.t.Helper()
	for _, e := range w.trail() {
		if e.Action == action {
			last = e
		}
	}
	return last
}

// stranger is who follows a link.
func (w *world) stranger() context.Context {
	return app.WithCaller(w.t.Context(), app.Caller{Role: app.RoleAnyone, Origin: app.Origin{Network: "192.0.2.7"}})
}

// grantOf signs a person in with another password.
func (w *world) grantOf(p trial.Person, password string) app.Grant {
	w.t.Helper()
	k := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: p.UserID, Password: secret(password)})
	return w.grant(k, func(now time.Time) string { return p.Code(now) })
}

func disclose(how policy.Disclosure) func(*policy.Policy) {
	return func(p *policy.Policy) { p.Feature.Disclosure = how }
}

// Whatever fails on the way, the freeze is there whole or not at all, and the link serves once: an objection that was not answered is
// made again, and nobody is told twice.
func TestAnObjectionIsWholeWhateverFails(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 0; ; at++ {
			w, ben := served(t), someone(trial.Registered)
			w.resets(ben)
			token := w.linkOf(app.MessagePasswordChanged)
			f := &faults{at: -1}
			w.faulty(f)
			f.mu.Lock()
			f.at, f.after = len(f.calls)+at, after
			f.mu.Unlock()
			_, err := w.Object(w.stranger(), token)
			hit := f.made() > f.at
			needed := hit && f.calls[f.at] != "account" // the directory is not
			if needed != (err != nil) && !after {
				t.Fatalf("call %d failed: %v", at, err)
			}
			if _, frozen := w.isFrozen(ben.ID); frozen != (w.audited("account.freeze", "succeeded") == 1) || err == nil && !frozen {
				t.Errorf("call %d: frozen %v, told %v", at, frozen, err)
			}
			if !hit {
				break
			}
			f.mu.Lock()
			f.at = -1
			f.mu.Unlock()
			w.object(token)
			if w.audited("account.freeze", "succeeded") != 1 || w.heard(app.MessageFrozen, ben.Mail) != 1 || w.heard(app.MessageHelpRequest, w.config.Policy.HelpDesk.Mail) != 1 {
				t.Errorf("call %d: the second try did not come to one freeze, told once", at)
			}
		}
	}
}
