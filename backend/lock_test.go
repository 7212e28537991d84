package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// often takes as many starts as a test wants.
func often(p *policy.Policy) { p.Recovery.StartsPerHour = 200 }

func keyIsOne(p *policy.Policy) { p.SecurityKey.CountsAsTwo = false }

// withKey is somebody who registered a key beside what they have.
func withKey(t *testing.T, who trial.State, change ...func(*policy.Policy)) (*world, trial.Person, *keytest.Key) {
	t.Helper()
	w, p := newWorld(t, append([]func(*policy.Policy){keysAllowed, often}, change...)...), someone(who)
	key := &keytest.Key{}
	w.register(p).addKey(key, "Blue key")
	w.clock.pass(time.Minute)
	return w, p, key
}

// lockOut locks recovery for a name, by wrong codes of the app.
func (w *world) lockOut(userID string) {
	w.t.Helper()
	for range w.config.Policy.Recovery.EndedGates {
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID}, app.GiveReason{Reason: app.ReasonForgot},
			app.Choose{Kind: app.KindAuthApp})
		for range w.config.Policy.Codes.Tries {
			_ = k.say(app.GiveCode{Digits: secret("000000")})
		}
	}
}

// onlyKey fails unless a key's proof is asked for, no other way is offered, and the page says why.
func (k *talk) onlyKey() *talk {
	k.w.t.Helper()
	at[app.UseKey](k)
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeKeyOnly || len(k.flow.Others) > 0 {
		k.w.t.Errorf("over the lock: notice %+v, others %v", n, k.flow.Others)
	}
	return k
}

func TestAKeyLeadsOnOverTheLock(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered)
	w.lockOut(ben.UserID)
	w.restart()
	k := w.reset(ben).onlyKey()
	k.refused(app.Choose{Kind: app.KindAuthApp}, app.CodeNotNow)
	k.refused(k.use(key, unverified), app.CodeKeyAnswer)
	k.onlyKey() // also after a wrong try
	at[app.Triage](k.must(app.Back{}))
	k.must(app.GiveReason{Reason: app.ReasonForgot}).onlyKey()
	at[app.NewPassword](k.must(k.use(key)))
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
	if ways := at[app.ChooseMethod](w.reset(ben)).Choices; len(ways) != 3 {
		t.Errorf("after the reset: %v", ways)
	}
}

// TestAfterTheKeyTheLockSaysNoMore in that flow: whoever proved it is nobody who guesses. Tries are still counted.
func TestAfterTheKeyTheLockSaysNoMore(t *testing.T) {
	for _, who := range []trial.State{trial.Registered, trial.Admin} {
		change := keyIsOne
		if who == trial.Admin {
			change = func(p *policy.Policy) { p.Methods.Gates = 1 } // an administrator passes two, whatever the policy
		}
		w, p, key := withKey(t, who, change)
		w.lockOut(p.UserID)
		k := w.reset(p).onlyKey()
		if page := at[app.ChooseMethod](k.must(k.use(key))); len(page.Choices) != 2 || page.Gate != 2 {
			t.Fatalf("%s: after the key %+v", who, page)
		}
		if n := k.flow.Notice; n == nil || n.Code != app.NoticeGatePassed {
			t.Errorf("%s: notice %+v", who, n)
		}
		k.must(app.Choose{Kind: app.KindAuthApp})
		for range 4 {
			k.refused(w.wrongCode(p), app.CodeWrongCode)
		}
		k.refused(w.wrongCode(p), app.CodeGateEnded)
		at[app.NewPassword](k.must(app.Choose{Kind: app.KindAuthApp}, w.code(p)))
		w.reset(p).onlyKey() // another flow begins as before
	}
}

// TestWhoProvedAKeyIsNotLockedOut by their own wrong tries after it.
func TestWhoProvedAKeyIsNotLockedOut(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered, keyIsOne, func(p *policy.Policy) { p.Recovery.EndedGates = 1 })
	k := w.proveWith(ben, key)
	if refusal := endGate(k, ben); refusal.Code != app.CodeGateEnded {
		t.Errorf("the fifth wrong code: %s", refusal.Code)
	}
	at[app.NewPassword](k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben)))
	w.reset(ben).onlyKey()
}

// TestAFlowGoesOnByKey that was under way when the lock closed: what is typed then is not even judged.
func TestAFlowGoesOnByKey(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered)
	first, second, byKey := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}), w.reset(ben), w.reset(ben)
	second.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben), app.Choose{Kind: app.KindEmail})
	byKey.must(app.Choose{Kind: app.KindSecurityKey})
	w.clock.pass(time.Minute)
	w.lockOut(ben.UserID)
	first.must(w.code(ben)).onlyKey()
	at[app.NewPassword](first.must(first.use(key)))
	second.must(w.mailed(ben.Mail)).onlyKey()
	at[app.NewPassword](second.must(second.use(key)))
	byKey.refused(byKey.use(key, unverified), app.CodeKeyAnswer)
	byKey.onlyKey()
	at[app.NewPassword](byKey.must(byKey.use(key)))
}

func TestTheFlowThatClosesTheLockGoesOnByKey(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered, func(p *policy.Policy) { p.Recovery.EndedGates = 1 })
	k := w.reset(ben)
	if refusal := endGate(k, ben); refusal.Code != app.CodeGateEnded {
		t.Errorf("the fifth wrong code: %s", refusal.Code)
	}
	if page := at[app.ChooseMethod](k); len(page.Choices) != 1 || k.flow.Notice.Code != app.NoticeKeyOnly {
		t.Errorf("offered %+v, notice %+v", page.Choices, k.flow.Notice)
	}
	k.must(app.Choose{Kind: app.KindSecurityKey}).onlyKey()
	at[app.NewPassword](k.must(k.use(key)))
}

// TestWhoseKeyDoesNotLeadOn is told that recovery is locked.
func TestWhoseKeyDoesNotLeadOn(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*policy.Policy)
		before func(*world, trial.Person)
	}{
		"it cools off": {func(*policy.Policy) {}, func(w *world, p trial.Person) {
			w.change(p, func(c *port.CredentialRecord) {
				if c.Kind == app.KindSecurityKey {
					c.UsableAt = w.clock.Now().Add(time.Hour)
				}
			})
		}},
		"the policy": {func(*policy.Policy) {}, func(w *world, _ trial.Person) {
			w.config.Policy.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindEmail}
			w.restart()
		}},
		"it is one, and there is no other": {keyIsOne, func(w *world, p trial.Person) {
			w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error {
				creds, err := tx.Credentials(p.ID)
				for _, c := range creds {
					if c.Kind != app.KindSecurityKey {
						w.ok(tx.DeleteCredential(c.ID))
					}
				}
				return err
			}))
		}},
	} {
		w, ben, _ := withKey(t, trial.Registered, c.change)
		begun := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
		w.lockOut(ben.UserID)
		c.before(w, ben)
		if got := at[app.Blocked](w.reset(ben)); got.Code != app.CodeRecovery {
			t.Errorf("%s: %+v", name, got)
		}
		if got := at[app.Blocked](begun.must(w.code(ben))); got.Code != app.CodeRecovery {
			t.Errorf("%s, in a flow from before: %+v", name, got)
		}
	}
}

// TestKeysAreForbiddenMeanwhile: then nothing leads on over the lock.
func TestKeysAreForbiddenMeanwhile(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered, func(p *policy.Policy) { p.Recovery.EndedGates = 1 })
	closes := w.reset(ben)
	endGate(closes, ben)
	at[app.ChooseMethod](closes)
	k := w.reset(ben).onlyKey()
	proof := k.use(key)
	w.config.Policy.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindEmail}
	w.restart()
	for _, k := range []*talk{closes.again(), k.must(proof)} {
		if got := at[app.Blocked](k); got.Code != app.CodeRecovery || got.Until.IsZero() || !k.flow.Contact {
			t.Errorf("then %+v, contact %v", got, k.flow.Contact)
		}
	}
	if w.audited("reset.key", "blocked") != 1 {
		t.Error("the audit trail does not have it")
	}
}

// TestSoManyWrongTriesLockKeysToo: those before the soft lock, and those over it.
func TestSoManyWrongTriesLockKeysToo(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered)
	w.lockOut(ben.UserID)
	w.clock.pass(4 * time.Hour)
	k := w.reset(ben)
	for n := 26; n < 50; n++ {
		if _, key := k.flow.Now.(app.UseKey); !key {
			k.must(app.Choose{Kind: app.KindSecurityKey})
		}
		want := app.CodeKeyAnswer
		if n%5 == 0 {
			want = app.CodeGateEnded
		}
		k.refused(k.use(key, unverified), want)
		if n%10 == 0 {
			w.restart()
			k = w.reset(ben)
		}
	}
	until := w.clock.Now().Add(24 * time.Hour)
	if refusal := k.refused(k.use(key, unverified), app.CodeRecovery); !refusal.RetryAt.Equal(until) {
		t.Errorf("the fiftieth locks until %v, want %v", refusal.RetryAt, until)
	}
	if got := at[app.Blocked](k); got.Code != app.CodeRecovery || !got.Until.Equal(until) {
		t.Errorf("then %+v", got)
	}
	if w.audited("recovery.lock", "blocked") != 1 || w.audited("recovery.hard_lock", "blocked") != 1 {
		t.Error("the audit trail does not have both locks")
	}
	w.clock.pass(5 * time.Minute)
	k = w.reset(ben)
	if got := at[app.Blocked](k); !got.Until.Equal(until) || !k.flow.Contact {
		t.Errorf("a flow that begins then: %+v", got)
	}
	w.clock.pass(until.Sub(w.clock.Now()) - time.Second)
	w.restart()
	at[app.Blocked](w.reset(ben))
	w.clock.pass(time.Second)
	at[app.NewPassword](w.proveWith(ben, key))
}

// proveWith begins a reset and passes it by a key.
func (w *world) proveWith(p trial.Person, key *keytest.Key) *talk {
	w.t.Helper()
	k := w.toKey(p)
	return k.must(k.use(key))
}

// toKey begins a reset and goes to the page of a key, over a lock too.
func (w *world) toKey(p trial.Person) *talk {
	w.t.Helper()
	k := w.reset(p)
	if _, choose := k.flow.Now.(app.ChooseMethod); choose {
		k.must(app.Choose{Kind: app.KindSecurityKey})
	}
	return k
}

// TestParallelTriesStayBelowTheCap, whatever flows are under way.
func TestParallelTriesStayBelowTheCap(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered)
	talks := make([]*talk, 100)
	answers := map[*talk]app.Input{}
	for i := range talks {
		talks[i] = w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
		answers[talks[i]] = talks[i].use(key, unverified)
	}
	last := w.reset(ben).must(app.Choose{Kind: app.KindSecurityKey})
	results := together(talks, func(k *talk) error {
		_, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, app.IdempotencyKey("same-key-for-each-of-them"), answers[k])
		return err
	})
	want := map[app.Code]int{app.CodeKeyAnswer: 48, app.CodeGateEnded: 1, app.CodeRecovery: 1, "": 50} // the 25th ends a gate, the 50th all
	for code, n := range want {
		if results[code] != n {
			t.Errorf("100 wrong proofs at once: %v, want %v", results, want)
			break
		}
	}
	until := at[app.Blocked](last.must(last.use(key))).Until // right, and not judged
	w.clock.pass(time.Hour)
	if got := at[app.Blocked](w.reset(ben)).Until; !got.Equal(until) {
		t.Errorf("tries under the lock made it longer: %v, then %v", until, got)
	}
}

// TestTheCapHoldsUnderShortLocks: fifty in the window, whatever the lock is.
func TestTheCapHoldsUnderShortLocks(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered, func(p *policy.Policy) { p.Recovery.Lock = 10 * time.Minute })
	first := w.clock.Now()
	wrong := 0
	for w.clock.Now().Before(first.Add(24 * time.Hour)) {
		k := w.reset(ben)
		if page, choose := k.flow.Now.(app.ChooseMethod); choose && len(page.Choices) > 0 {
			k.must(app.Choose{Kind: app.KindSecurityKey})
		}
		if _, open := k.flow.Now.(app.UseKey); open {
			if k.say(k.use(key, unverified)) != nil {
				wrong++
			}
		}
		w.clock.pass(5 * time.Minute)
	}
	if wrong != 50 {
		t.Errorf("%d wrong proofs were judged in a day", wrong)
	}
}

// TestAnUnlockGoesOverTheLockByKey, and leaves both.
func TestAnUnlockGoesOverTheLockByKey(t *testing.T) {
	w, farid, key := withLockedKey(t)
	w.lockOut(farid.UserID)
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: farid.UserID}, app.GiveReason{Reason: app.ReasonLocked}).onlyKey()
	k.must(k.use(key), app.GiveUnlock{Only: true})
	at[app.Done](k.must(typed(farid.Password)))
	w.reset(farid).onlyKey()
}

// withLockedKey is somebody whom the directory has locked since they registered a key.
func withLockedKey(t *testing.T) (*world, trial.Person, *keytest.Key) {
	t.Helper()
	w, farid := newWorld(t, keysAllowed, often), someone(trial.Locked)
	w.ok(w.dir.Directory.Unlock(t.Context(), farid.ID))
	key := &keytest.Key{}
	w.register(farid).addKey(key, "Blue key")
	w.lock(farid)
	return w, farid, key
}

// wrongProofs gives so many wrong proofs of a key, in flows of their own, and gives the last refusal.
func (w *world) wrongProofs(p trial.Person, key *keytest.Key, n int) (last error) {
	w.t.Helper()
	for ; n > 0; n-- {
		k := w.toKey(p)
		last = k.say(k.use(key, unverified))
	}
	return last
}

// TestTriesOverTheSoftLockDoNotLockAgain once it has opened by itself.
func TestTriesOverTheSoftLockDoNotLockAgain(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered)
	w.lockOut(ben.UserID)
	w.clock.pass(24*time.Hour - time.Minute)
	for range 4 {
		k := w.reset(ben).onlyKey()
		for range 5 {
			_ = k.say(k.use(key, unverified))
		}
	}
	w.clock.pass(time.Minute)
	if refusal := endGate(w.reset(ben), ben); refusal.Code != app.CodeGateEnded {
		t.Errorf("the next ended gate: %s", refusal.Code)
	}
	if ways := at[app.ChooseMethod](w.reset(ben)).Choices; len(ways) != 3 {
		t.Errorf("offered %+v", ways)
	}
}

func TestAResetClearsAllWrongTries(t *testing.T) {
	w, ben, key := withKey(t, trial.Registered)
	w.lockOut(ben.UserID)
	if err := w.wrongProofs(ben, key, 24); app.CodeOf(err) != app.CodeKeyAnswer {
		t.Fatalf("the forty-ninth: %v", err)
	}
	at[app.Done](w.proveWith(ben, key).must(app.GivePassword{Password: secret(newPassword)}))
	if err := w.wrongProofs(ben, key, 24); app.CodeOf(err) != app.CodeKeyAnswer {
		t.Errorf("the twenty-fourth after it: %v", err)
	}
}
