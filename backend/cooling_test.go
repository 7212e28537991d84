package backend_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// waitsADay has what is added later cool off for a day.
func waitsADay(p *policy.Policy) { p.Registration.CoolingOff = 24 * time.Hour }

const thiefs = "thief@letters.example"

// deleteKind deletes a method on the security info page.
func (k *talk) deleteKind(kind app.Kind) {
	k.w.t.Helper()
	id := k.owns(kind)
	k.must(app.Delete{Credential: id}, app.Delete{Credential: id})
}

// addMail registers a private email where it is offered.
func (k *talk) addMail(address string) *talk {
	k.w.t.Helper()
	return k.must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: address}).must(k.w.mailed(address))
}

// TestThiefDeletesEverythingFirst is what follows a deletion of everything: whoever it was may register anew, and waits.
func TestThiefDeletesEverythingFirst(t *testing.T) {
	for name, again := range map[string]func(*world, trial.Person, *talk) *talk{
		"on the same page": func(_ *world, _ trial.Person, k *talk) *talk { return k },
		"signed in anew":   func(w *world, p trial.Person, _ *talk) *talk { return w.manage(p) },
		"as if for the first time": func(w *world, p trial.Person, _ *talk) *talk {
			return w.register(p)
		},
		"by pass": func(w *world, p trial.Person, _ *talk) *talk { return w.registerByPass(p) },
		"after a restart": func(w *world, p trial.Person, _ *talk) *talk {
			w.restart()
			return w.register(p)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, ben := newWorld(t, waitsADay), someone(trial.Registered)
			k := w.manage(ben)
			k.deleteKind(app.KindEmail)
			k.deleteKind(app.KindAuthApp)
			k = again(w, ben, k)
			k.must(app.Choose{Kind: app.KindAuthApp})
			show := appOf(k)
			k.must(app.GiveCode{Digits: secret(show(w.clock.Now()))}).addMail(thiefs)
			w.clock.pass(time.Minute)
			if got := at[app.Blocked](w.reset(ben)); got.Code != app.CodeNotVerified {
				t.Fatalf("a minute later: %+v", got)
			}
			w.clock.pass(24*time.Hour - 2*time.Minute)
			at[app.Blocked](w.reset(ben))
			if w.heard(app.MessageMethodAdded, ben.Mail) != 2 {
				t.Errorf("the address that was deleted was told %d times of what was added", w.heard(app.MessageMethodAdded, ben.Mail))
			}
			w.clock.pass(2 * time.Minute)
			at[app.ChooseMethod](w.reset(ben))
		})
	}
}

// registerByPass is a registration by somebody to whom the help desk gave a pass.
func (w *world) registerByPass(p trial.Person) *talk {
	w.t.Helper()
	pass, err := w.IssuePass(w.operator(), app.IssuePass{UserID: p.UserID})
	w.ok(err)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignInWithPass{UserID: p.UserID, Pass: pass.Code})
	at[app.SignedIn](k)
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	caller, err := w.caller(grant.Access)
	w.ok(err)
	return w.start(app.PurposeRegister, caller)
}

// TestThiefDeletesInAnyOrder draws what is registered, what is deleted, and when: nothing that was added after the first
// registration serves a reset sooner than the policy says.
func TestThiefDeletesInAnyOrder(t *testing.T) {
	exhaustive(t)
	r := rand.New(rand.NewPCG(3, 4))
	for range 12 {
		w, ben := newWorld(t, waitsADay), someone(trial.Registered)
		first := map[app.CredentialID]bool{}
		for _, c := range w.onFile(ben) {
			first[c.ID] = true
		}
		k := w.manage(ben)
		for range 6 {
			have := at[app.SecurityInfo](k).Have
			if len(have) > 0 && r.IntN(2) == 0 {
				id := have[r.IntN(len(have))].ID
				if _, asked := k.must(app.Delete{Credential: id}).flow.Now.(app.ConfirmDelete); asked {
					k.must(app.Delete{Credential: id})
				}
				continue
			}
			if k.say(app.Choose{Kind: app.KindAuthApp}) == nil {
				show := appOf(k)
				k.must(app.GiveCode{Digits: secret(show(w.clock.Now()))})
			}
			w.clock.pass(time.Second)
		}
		w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) error {
			creds, err := tx.Credentials(ben.ID)
			for _, c := range creds {
				if !first[c.ID] && c.UsableAt.Before(c.Added.Add(24*time.Hour)) {
					t.Errorf("%s was added at %v and serves at %v", c.Kind, c.Added, c.UsableAt)
				}
			}
			return err
		}))
	}
}

// TestThiefReplacesAnAddress: who was told of changes there is told for as long as the new one cools off.
func TestThiefReplacesAnAddress(t *testing.T) {
	w, ben := newWorld(t, waitsADay), someone(trial.Registered)
	k := w.manage(ben)
	k.must(app.Replace{Credential: k.owns(app.KindEmail)}, app.GiveAddress{Address: thiefs}).must(w.mailed(thiefs))
	w.clock.pass(time.Hour)
	w.manage(ben).deleteKind(app.KindAuthApp)
	if w.heard(app.MessageMethodRemoved, ben.Mail) != 1 {
		t.Error("the address that was replaced is not told")
	}
	w.clock.pass(24 * time.Hour)
	w.manage(ben).addMailAnew("later@letters.example")
	if w.heard(app.MessageMethodReplaced, ben.Mail) != 1 {
		t.Error("an address is told for good")
	}
}

// addMailAnew changes the private email.
func (k *talk) addMailAnew(address string) {
	k.w.t.Helper()
	k.must(app.Replace{Credential: k.owns(app.KindEmail)}, app.GiveAddress{Address: address}).must(k.w.mailed(address))
}

// TestThiefDeletesTheSecondFactor: there is nothing left to ask for, so that the password signs in alone; its owner is told
// each time, at the channels that were deleted, too, until the wait is over.
func TestThiefDeletesTheSecondFactor(t *testing.T) {
	w, ben := newWorld(t, waitsADay), someone(trial.Registered)
	k := w.manage(ben)
	k.deleteKind(app.KindEmail)
	k.deleteKind(app.KindAuthApp)
	for n := 1; n <= 2; n++ {
		at[app.SignedIn](w.start(app.PurposeSignIn, app.Caller{}).must(try(ben, ben.Password)))
		for _, to := range []string{ben.Mail, ben.UserID} {
			if got := w.heard(app.MessageSignedInAlone, to); got != n {
				t.Errorf("sign-in %d: %s was told %d times", n, to, got)
			}
		}
		w.clock.pass(24 * time.Hour)
	}
	w.clock.pass(time.Second)
	w.start(app.PurposeSignIn, app.Caller{}).must(try(ben, ben.Password))
	if got := w.heard(app.MessageSignedInAlone, ben.UserID); got != 2 {
		t.Errorf("after the wait: told %d times", got)
	}
}

// TestHonestFirstRegistrationDoesNotWait, in as many sittings as it takes, by pass too; nor does the first after an import.
func TestHonestFirstRegistrationDoesNotWait(t *testing.T) {
	for name, begin := range map[string]func(*world, trial.Person) *talk{"by password": (*world).register, "by pass": (*world).registerByPass} {
		w, ana := newWorld(t, everyContact, waitsADay), someone(trial.Ready)
		w.enter(row(1, ana, mobile, ""))
		begin(w, ana).addMail(privateMail)
		w.clock.pass(48 * time.Hour)
		k := w.register(ana).must(app.Choose{Kind: app.KindAuthApp})
		show := appOf(k)
		at[app.Registered](k.must(app.GiveCode{Digits: secret(show(w.clock.Now()))}))
		w.clock.pass(time.Minute)
		if page := at[app.ChooseMethod](w.reset(ana)); len(page.Choices) != 2 {
			t.Errorf("%s: %+v", name, page)
		}
	}
}
