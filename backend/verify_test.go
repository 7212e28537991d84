package backend_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// session reads the session as it is kept.
func (w *world) session(id app.SessionID) port.SessionRecord {
	w.t.Helper()
	var rec port.SessionRecord
	w.ok(w.config.Store.View(w.t.Context(), func(tx port.Tx) (err error) {
		rec, err = tx.Session(id)
		return err
	}))
	return rec
}

func TestSigningInAsksForTheDefaultMethod(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := verifying(w)
	if got := at[app.EnterCode](k); got.Channel != app.KindAuthApp || got.TriesLeft != 5 || k.flow.CanBack || !k.flow.Contact {
		t.Errorf("after the password: %+v, back %v, contact %v", got, k.flow.CanBack, k.flow.Contact)
	}
	want := []app.Place{{ID: app.PlaceSignIn, State: app.PlaceDone}, {ID: app.PlaceVerify, State: app.PlaceNow}}
	if !slices.Equal(k.flow.Places, want) || len(k.flow.Others) != 0 {
		t.Errorf("places %v, others %v", k.flow.Places, k.flow.Others)
	}
	if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("a session for the password alone: %v", err)
	}
	k.refused(w.wrongCode(ben), app.CodeWrongCode)
	k.refused(app.Choose{Kind: app.KindEmail}, app.CodeNotNow) // no verification method
	used := w.code(ben)
	proven := w.clock.Now()
	grant, err := w.Grant(k.must(used).ctx, k.flow.ID)
	w.ok(err)
	if got := w.session(grant.Session.ID); !got.ProvenAt.Equal(proven) || got.ProvenBy != app.KindAuthApp {
		t.Errorf("the session's last fresh proof: %v by %q", got.ProvenAt, got.ProvenBy)
	}
	verifying(w).refused(used, app.CodeCodeUsed)
	if w.audited("sign_in.gate", "succeeded") != 1 {
		t.Error("the audit trail does not tell of the gate")
	}
}

func TestThePasswordAloneWithoutAVerificationMethod(t *testing.T) {
	w := newWorld(t)
	grant := w.signIn(someone(trial.Ready))
	if got := w.session(grant.Session.ID); got.ProvenBy != "" || !got.ProvenAt.Equal(w.clock.Now()) {
		t.Errorf("the session's last fresh proof: %v by %q", got.ProvenAt, got.ProvenBy)
	}
}

// registerText adds a number for texts to a person's methods.
func (w *world) registerText(p trial.Person) {
	w.t.Helper()
	w.register(p).addNumber(app.KindSMS, mobile, app.PhoneMobile)
}

func TestTheDefaultAndAnotherWay(t *testing.T) {
	w, ben := newWorld(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail)), someone(trial.Registered)
	w.registerText(ben)
	if got := at[app.EnterCode](verifying(w)).Channel; got != app.KindAuthApp {
		t.Errorf("without a choice %s is asked for first, not the strongest", got)
	}
	w.change(ben, func(c *port.CredentialRecord) { c.Default = c.Kind == app.KindSMS })
	k := verifying(w)
	if got := at[app.EnterCode](k); got.Channel != app.KindSMS || got.Masked == "" {
		t.Errorf("the default is not asked for, or hides its number: %+v", got)
	}
	if !slices.Equal(k.flow.Others, []app.Choice{{Kind: app.KindAuthApp}}) {
		t.Errorf("others: %v", k.flow.Others)
	}
	at[app.SignedIn](k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben)))
	w.clock.pass(time.Second)
	at[app.SignedIn](verifying(w).must(w.mailed(mobile)))
}

// A stranger who gets recovery locked keeps nobody from signing in; whoever knows the password and guesses codes does
// not get on, across flows, and does not lock recovery.
func TestTheGateAfterThePasswordHasALockOfItsOwn(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	wrong := w.wrongCode(ben)
	var open time.Time
	for gate := range 5 {
		k := verifying(w)
		for range 4 {
			k.refused(wrong, app.CodeWrongCode)
		}
		want := map[bool]app.Code{false: app.CodeGateEnded, true: app.CodeProofLocked}[gate == 4]
		open = k.refused(wrong, want).RetryAt
	}
	if want := w.clock.Now().Add(24 * time.Hour); !open.Equal(want) {
		t.Errorf("locked until %v, want %v", open, want)
	}
	if got := at[app.Blocked](verifying(w)); got.Code != app.CodeProofLocked || !got.Until.Equal(open) {
		t.Errorf("the right password leads to %+v", got)
	}
	if w.audited("proof.lock", "blocked") != 1 {
		t.Error("the audit trail does not tell of the lock")
	}
	w.toPassword(ben) // recovery is open
	w.clock.pass(24 * time.Hour)
	at[app.EnterCode](verifying(w))
}

func TestLockedRecoveryDoesNotLockSigningIn(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	wrong := w.wrongCode(ben)
	k := w.reset(ben)
	for gate := range 5 {
		k.must(app.Choose{Kind: app.KindAuthApp})
		for range 4 {
			k.refused(wrong, app.CodeWrongCode)
		}
		k.refused(wrong, map[bool]app.Code{false: app.CodeGateEnded, true: app.CodeRecovery}[gate == 4])
	}
	at[app.SignedIn](verifying(w).must(w.code(ben)))
}
