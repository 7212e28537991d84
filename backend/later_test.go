package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// What changes between two inputs counts at the second.

// change edits the person's credentials.
func (w *world) change(p trial.Person, edit func(*port.CredentialRecord)) {
	w.t.Helper()
	w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(p.ID)
		if err != nil {
			return err
		}
		for _, c := range creds {
			edit(&c)
			if err := tx.PutCredential(c); err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestAConfirmedWriteCountsThoughAnotherOvertookIt(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	slow := w.toPassword(ben)
	w.clock.pass(time.Minute)
	fast := w.toPassword(ben)
	var session app.Grant
	w.dir.set = func(write func() error) error {
		w.dir.set = nil
		at[app.Done](fast.must(app.GivePassword{Password: secret("another-good-one-17-lamps")}))
		between := ben
		between.Password = "another-good-one-17-lamps"
		session = w.signIn(between)
		return write()
	}
	_ = give(slow)
	if _, err := w.caller(session.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a session of an overwritten password is good: %v", err)
	}
}

func TestALostRenewalAfterUse(t *testing.T) {
	w := newWorld(t)
	first := w.signIn(someone(trial.Registered))
	w.with(first.Access)
	_, err := w.Renew(t.Context(), first.Refresh) // its answer is lost
	w.ok(err)
	again, err := w.Renew(t.Context(), first.Refresh)
	if err != nil {
		t.Fatalf("the token before, whose successor nobody used: %v", err)
	}
	w.with(again.Access)
}

func TestACredentialServesFromItsTimeOn(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	usable := w.clock.Now().Add(time.Hour)
	w.change(ben, func(c *port.CredentialRecord) {
		if c.Kind == app.KindEmail {
			c.UsableAt = usable
		}
	})
	w.clock.pass(time.Hour - time.Second)
	if got := at[app.Blocked](w.reset(ben)); got.Code != app.CodeNotVerified {
		t.Errorf("a credential serves before its time: %s", got.Code)
	}
	w.clock.pass(time.Second)
	at[app.ChooseMethod](w.reset(ben))
}

func TestAnAddressIsToldOnce(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	w.change(ben, func(c *port.CredentialRecord) {
		if c.Kind == app.KindEmail {
			c.Address = ben.UserID // the work mailbox
		}
	})
	w.toPassword(ben).must(app.GivePassword{Password: secret(newPassword)})
	told := 0
	for _, m := range w.messages() {
		if m.Template == app.MessagePasswordChanged {
			told++
		}
	}
	if told != 1 {
		t.Errorf("one mailbox was told %d times", told)
	}
}

func TestWhoBecameAnAdministratorPassesTheSecondGate(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) { p.Methods.Gates = 1 }), someone(trial.Registered)
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	at[app.NewPassword](k)
	account, err := w.dir.Account(t.Context(), ben.ID)
	w.ok(err)
	account.Admin = true
	w.ok(w.dir.Put(t.Context(), account, app.Secret{}))
	w.ok(give(k))
	if got := at[app.EnterCode](k); got.Channel != app.KindEmail {
		t.Errorf("a new administrator's second gate: %+v", got)
	}
}
