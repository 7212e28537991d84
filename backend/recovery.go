package backend

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// The recovery lock: so many ended gates within a window lock resetting for an account, from the last ended gate on.
// Wrong tries are counted besides, across flows, so that conversations which are left before their gate ends are no way
// round it: as many as the ended gates would have taken lock too.
//
// In private disclosure a decoy's gates count alike (private.go), and the lock is told in the flow that closed it, or that
// was open then; a flow that begins later is a decoy. The lies, for a name that nobody has too:
//
//	open ──5th ended gate──▶ locked: "recovery_locked", until …
//	  ▲                         │ GiveUserID again
//	  └────── time passes ──────┤
//	                            └──▶ decoy, with counters of its own ──5th ended gate──▶ "recovery_locked", until …
//
// The gate after a password has counters and a lock of its own, with the same figures: else a stranger, who needs no
// password to get recovery locked, could keep people from signing in.

func (b *Backend) gateWindow() window {
	return window{n: b.policy().Recovery.EndedGates, span: b.policy().Recovery.Window}
}

func (b *Backend) wrongWindow() window {
	return window{n: b.policy().Recovery.EndedGates * b.policy().Codes.Tries, span: b.policy().Recovery.Window}
}

func (b *Backend) startWindow() window {
	return window{n: b.policy().Recovery.StartsPerHour, span: time.Hour}
}

func (b *Backend) mailWindow() window {
	return window{n: b.policy().Recovery.MailsPerAddress, span: 10 * time.Minute}
}

func (b *Backend) numberWindow() window {
	return window{n: b.policy().Recovery.SendsPerNumber, span: 10 * time.Minute}
}

func (b *Backend) phoneWindow() window {
	return window{n: b.policy().Recovery.SendsPerAccount, span: 24 * time.Hour}
}

// The counters of an account.
const (
	countRecovery = "recovery"    // the lock; this and the next two stand for the gate after a password as "proof.…" too
	countGates    = "ended_gates" //
	countWrong    = "wrong_tries" //
	countStarts   = "starts"      //
	countSignIn   = "sign_in"     //
	countPass     = "pass"        // wrong passes
	countMail     = "mail"        // of an address
	countNumber   = "number"      // of a number: texts and calls apart
	countPhone    = "phone"       // texts and calls together
	countCountry  = "phone.country"
	countStation  = "phone.station"
	countNetwork  = "phone.network" // address
	countDay      = "phone.day"     // all of them
	// marks those of a country and a day that are kept for who has proven nothing
	countStrangers = "strangers."
)

func (b *Backend) accountKey(purpose string, account app.AccountID) string {
	return b.counterKey(purpose, "account|"+string(account))
}

// afterPassword marks the counters of the gate after a password.
const afterPassword = "proof."

// whileLocked marks the counters of decoys that begin while recovery is locked: they must lock as fresh ones do, and must
// not make the real lock longer.
const whileLocked = "locked."

// gateKey names a counter of the gates of this flow's kind.
func (t *talk) gateKey(purpose string) string {
	switch {
	case !t.resetting():
		purpose = afterPassword + purpose
	case t.s.Again:
		purpose = whileLocked + purpose
	}
	return t.b.accountKey(purpose, t.rec.Account)
}

// locked is the code of the lock that the gates of this flow's kind have.
func (t *talk) locked() app.Code {
	if t.resetting() {
		return app.CodeRecovery
	}
	return app.CodeProofLocked
}

// lockedUntil is when the lock of the gates opens; zero when it is open.
func (t *talk) lockedUntil() (time.Time, error) {
	c, err := t.tx.Counter(t.gateKey(countRecovery))
	if err != nil || !t.now.Before(c.Until) {
		return time.Time{}, err
	}
	return c.Until, nil
}

// recoveryLocked blocks the flow when the account's lock has closed meanwhile, through another one.
func (t *talk) recoveryLocked() (bool, error) {
	until, err := t.lockedUntil()
	if err != nil || until.IsZero() {
		return false, err
	}
	t.block(t.locked(), until)
	return true, nil
}

// countWrong counts a wrong try at a gate, and reports whether it was one too many for the account.
func (t *talk) countWrong() (bool, error) {
	if t.enrolling() {
		return false, nil
	}
	return t.b.wrongWindow().record(t.tx, t.gateKey(countWrong), t.now)
}

// countEndedGate counts an ended gate, and gives until when that locked the account; zero when it didn't.
func (t *talk) countEndedGate(lock bool) (time.Time, error) {
	full, err := t.b.gateWindow().record(t.tx, t.gateKey(countGates), t.now)
	if err != nil || !full && !lock {
		return time.Time{}, err
	}
	until := t.now.Add(t.b.policy().Recovery.Lock)
	err = t.tx.PutCounter(port.Counter{
		Key: t.gateKey(countRecovery), Since: t.now, Until: until, Expiry: until,
	})
	if err != nil {
		return time.Time{}, err
	}
	return until, t.audit(event{action: lockEvents[t.locked()], result: resultBlocked, reason: t.locked()})
}

// lockEvents names the audit trail's entry of each lock.
var lockEvents = map[app.Code]string{app.CodeRecovery: "recovery.lock", app.CodeProofLocked: "proof.lock"}

// clearLocks forgets what was counted against the account: its person has proven who they are, and has a new password.
func (t *talk) clearLocks() error {
	account := t.rec.Account
	for _, w := range []struct {
		purpose string
		window  window
	}{
		{countGates, t.b.gateWindow()}, {countWrong, t.b.wrongWindow()},
		{afterPassword + countGates, t.b.gateWindow()}, {afterPassword + countWrong, t.b.wrongWindow()},
		{whileLocked + countGates, t.b.gateWindow()}, {whileLocked + countWrong, t.b.wrongWindow()},
	} {
		if err := w.window.forget(t.tx, t.b.accountKey(w.purpose, account), t.now); err != nil {
			return err
		}
	}
	for _, purpose := range []string{countRecovery, afterPassword + countRecovery, whileLocked + countRecovery, countSignIn} {
		if err := t.tx.PutCounter(port.Counter{Key: t.b.accountKey(purpose, account), Expiry: t.now}); err != nil {
			return err
		}
	}
	return nil
}
