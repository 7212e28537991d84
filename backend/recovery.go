package backend

import (
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// The recovery lock: so many ended gates within a window lock resetting for an account. Wrong tries are counted besides,
// across flows, so that conversations which are left before their gate ends are no way round it: as many as the ended
// gates would have taken lock too. Anybody can do that to anybody, so it is a soft lock: a security key still leads on, and
// once it has, the lock says no more in that flow. So many wrong tries by whatever way, the key's among them, close the
// hard one, under which nothing leads on.
//
//	          5th ended gate                  50th wrong try
//	  open ──────────────────▶ soft ──────────────────────────▶ hard
//	   ▲ ▲                     │ │ │                              │
//	   │ └──── time passes ────┘ │ └─no key─▶ "recovery_locked"   ├──▶ "recovery_locked", with a key too
//	   │                         └─a key──▶ that way alone, "key_only"
//	   └────────── time passes, or a password is set ─────────────┘
//
// While it is soft, ended gates count for nothing, and wrong tries for the hard lock alone: no try makes it longer.
//
// In private disclosure a decoy's tries count alike (private.go), and the soft lock is told in the flow that closed it, or
// that was open then. A flow that begins later is quiet about it, for a name that nobody has too. The lies:
//
//	quiet ──Choose──▶ any way, as without a lock; a code that is "on its way" went to nobody
//	  │ │                 └──▶ wrong, whatever is given; counted for the hard lock
//	  │ └──a key, wrong──▶ the same
//	  └──a key, right (never a decoy's)──▶ gate passed: from here on nothing is a lie
//
// The gate after a password has counters and a lock of its own, with the same figures: else a stranger, who needs no
// password to get recovery locked, could keep people from signing in.

func (b *Backend) gateWindow() window {
	return window{n: b.policy().Recovery.EndedGates, span: b.policy().Recovery.Window}
}

func (b *Backend) wrongWindow() window {
	return window{n: b.policy().Recovery.EndedGates * b.policy().Codes.Tries, span: b.policy().Recovery.Window}
}

// mostWrong is the window of all wrong tries, over the soft lock too.
func (b *Backend) mostWrong() window {
	return window{n: b.policy().Recovery.MostWrongTries, span: b.policy().Recovery.Window}
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
	countWrong    = "wrong_tries" // those that may close the soft lock
	countAllWrong = "all_wrong"   // the hard one
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

// gateKey names a counter of the gates of this flow's kind.
func (t *talk) gateKey(purpose string) string {
	if !t.resetting() {
		purpose = afterPassword + purpose
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

// grade is how far the gates are locked.
type grade int

const (
	lockOpen grade = iota
	lockSoft       // a reset goes on by a security key
	lockHard       // by nothing; the gate after a password knows no other
)

// lock is the state of a lock, as the counters have it.
type lock struct {
	grade grade
	until time.Time
}

// readLock gives the lock of the gates.
func (t *talk) readLock() (lock, error) {
	c, err := t.tx.Counter(t.gateKey(countRecovery))
	switch {
	case err != nil || !t.now.Before(c.Until):
		return lock{}, err
	case t.resetting() && c.Count == 0:
		return lock{lockSoft, c.Until}, nil
	}
	return lock{lockHard, c.Until}, nil
}

// meetLock holds a proof by the method at hand against the lock, and reports whether it led elsewhere: to the refusal, or
// to the way by key alone. Under a lock that is not told, it goes on and is shut.
func (t *talk) meetLock(creds []port.CredentialRecord) (bool, error) {
	l, err := t.readLock()
	if err != nil {
		return false, err
	}
	t.grade, t.shut = l.grade, false
	byKey := t.s.Kind == app.KindSecurityKey
	switch {
	case t.free(l):
	case l.grade == lockSoft && t.s.Quiet && t.secretive():
		t.shut = !byKey
	case t.barred(l, creds):
		return true, nil
	case !byKey:
		return true, t.enterGate()
	}
	return false, nil
}

// free reports whether the lock says nothing in this flow.
func (t *talk) free(l lock) bool {
	return l.grade == lockOpen || l.grade == lockSoft && t.s.passed(app.KindSecurityKey)
}

// barred blocks the flow where the lock leaves no way, and else leaves it the way by key alone.
func (t *talk) barred(l lock, creds []port.CredentialRecord) bool {
	if l.grade == lockHard || !t.byKey(creds) {
		t.block(t.locked(), l.until)
		return true
	}
	t.s.KeyOnly = l.until
	return false
}

// byKey reports whether a security key leads on over the soft lock.
func (t *talk) byKey(creds []port.CredentialRecord) bool {
	return slices.Contains(t.ways(creds), app.KindSecurityKey) && t.enough(creds)
}

// keyOnly reports whether a security key alone passes the gate at hand, and the person knows it.
func (t *talk) keyOnly() bool {
	return t.now.Before(t.s.KeyOnly) && !t.s.passed(app.KindSecurityKey)
}

// noProof reports whether a proof by a kind can't hold, whatever it is.
func (t *talk) noProof() bool { return t.decoy() || t.shut }

// countWrong counts a wrong try at a gate, and says which lock it closes.
func (t *talk) countWrong() (grade, error) {
	if t.enrolling() {
		return lockOpen, nil
	}
	if t.resetting() {
		if full, err := t.b.mostWrong().record(t.tx, t.gateKey(countAllWrong), t.now); err != nil || full {
			return lockHard, err
		}
	}
	if t.grade != lockOpen {
		return lockOpen, nil
	}
	full, err := t.b.wrongWindow().record(t.tx, t.gateKey(countWrong), t.now)
	if err != nil || !full {
		return lockOpen, err
	}
	return lockSoft, nil
}

// countEndedGate counts an ended gate, and gives the lock that it closes, or that a wrong try has closed already.
func (t *talk) countEndedGate(closes grade) (lock, error) {
	if closes == lockOpen && t.grade == lockOpen {
		full, err := t.b.gateWindow().record(t.tx, t.gateKey(countGates), t.now)
		if err != nil {
			return lock{}, err
		}
		if full {
			closes = lockSoft
		}
	}
	if closes == lockOpen {
		return lock{}, nil
	}
	return t.closeLock(closes)
}

// closeLock locks the gates. The hard lock stays at least until another wrong try has room in the window.
func (t *talk) closeLock(g grade) (lock, error) {
	c := port.Counter{Key: t.gateKey(countRecovery), Since: t.now, Until: t.now.Add(t.b.policy().Recovery.Lock)}
	e := event{action: lockEvents[t.locked()], result: resultBlocked, reason: t.locked()}
	if g == lockHard {
		room, err := t.b.mostWrong().opens(t.tx, t.gateKey(countAllWrong), t.now)
		if err != nil {
			return lock{}, err
		}
		if room.After(c.Until) {
			c.Until = room
		}
		c.Count, e.action = 1, hardLocked
	}
	c.Expiry = c.Until
	if err := t.tx.PutCounter(c); err != nil {
		return lock{}, err
	}
	if err := t.audit(e); err != nil {
		return lock{}, err
	}
	return t.readLock()
}

// lockEvents names the audit trail's entry of each lock, and hardLocked that of the hard one.
var lockEvents = map[app.Code]string{app.CodeRecovery: "recovery.lock", app.CodeProofLocked: "proof.lock"}

const hardLocked = "recovery.hard_lock"

// clearLocks forgets what was counted against the account: its person has proven who they are, and has a new password.
func (t *talk) clearLocks() error {
	account := t.rec.Account
	for _, w := range []struct {
		purpose string
		window  window
	}{
		{countGates, t.b.gateWindow()}, {countWrong, t.b.wrongWindow()},
		{afterPassword + countGates, t.b.gateWindow()}, {afterPassword + countWrong, t.b.wrongWindow()},
		{countAllWrong, t.b.mostWrong()},
	} {
		if err := w.window.forget(t.tx, t.b.accountKey(w.purpose, account), t.now); err != nil {
			return err
		}
	}
	for _, purpose := range []string{countRecovery, afterPassword + countRecovery, countSignIn} {
		if err := t.tx.PutCounter(port.Counter{Key: t.b.accountKey(purpose, account), Expiry: t.now}); err != nil {
			return err
		}
	}
	return nil
}
