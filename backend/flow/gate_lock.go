package flow

import (
	"errors"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// The recovery lock: so many ended gates within a window lock resetting for an account. Wrong tries are counted besides,
// across flows, so that conversations which are left before their gate ends are no way round it: as many as the ended
// gates would have taken lock too. Anybody can do that to anybody, so it is a soft lock: a security key still leads on, and
// once it has, the lock says no more in that flow; nor does it at an enrolled station, where who stands there is no stranger.
// So many wrong tries by whatever way, the key's among them, close the hard one, under which nothing leads on.
//
//	          5th ended gate                  50th wrong try
//	  open ──────────────────▶ soft ──────────────────────────▶ hard
//	   ▲ ▲                     │ │ │                              │
//	   │ └──── time passes ────┘ │ └─no key─▶ "recovery_locked"   ├──▶ "recovery_locked", with a key too
//	   │                         └─a key──▶ that way alone, "key_only"
//	   └────────── time passes, or a password is set ─────────────┘
//
// While it is soft, ended gates count for nothing, and wrong tries for the hard lock alone: no try makes it longer. Over the
// hard lock a security key at an enrolled station leads on, as over the soft one elsewhere: nobody guesses a key. So many wrong tries in a row close the hard lock for good: gate_row.go.
//
// In private disclosure a decoy's tries count alike (reset_private.go), and the soft lock is told in the flow that closed it, or
// that was open then. A flow that begins later is quiet about it, for a name that nobody has too. The lies:
//
//	quiet ──Choose──▶ any way, as without a lock; a code that is "on its way" went to nobody
//	  │ │                 └──▶ wrong, whatever is given; counted for the hard lock
//	  │ └──a key, wrong──▶ the same
//	  └──a key, right (never a decoy's)──▶ gate passed: from here on nothing is a lie
//
// The gate after a password has counters and a lock of its own, with the same figures: else a stranger, who needs no
// password to get recovery locked, could keep people from signing in.

// gateKey names a counter of the gates of this flow's kind.
func (f *flow) gateKey(c limit.Counter) string {
	if !f.purpose.recovers() {
		c = c.AfterPassword()
	}
	return f.op.AccountKey(c, f.rec.Account)
}

// locked is the code of the lock that the gates of this flow's kind have.
func (f *flow) locked() app.Code {
	if f.purpose.recovers() {
		return app.CodeRecovery
	}
	return app.CodeProofLocked
}

// grade is how far the gates are locked.
type grade int

const (
	lockOpen grade = iota
	lockSoft       // a reset goes on by a security key
	lockHard       // by nothing, away from an enrolled station; the gate after a password knows no other
)

// lock is the state of a lock, as the counters have it.
type lock struct {
	grade  grade
	until  time.Time
	capped bool // it is the hard one, at a station where it is taken for soft
}

// readLock gives the lock of the gates, as it is for who asks.
func (f *flow) readLock() (lock, error) {
	l, err := f.closedLock()
	if err == nil && l.grade == lockHard && f.atStation() {
		return lock{grade: lockSoft, until: l.until, capped: true}, nil
	}
	return l, err
}

// closedLock gives the lock that tries have closed, wherever one asks.
func (f *flow) closedLock() (lock, error) {
	full, err := f.rowFull()
	if err != nil || full {
		return lock{grade: lockHard, until: endless}, err
	}
	c, err := f.tx.Counter(f.gateKey(limit.Recovery))
	switch {
	case err != nil || !f.now.Before(c.Until) || !limit.Happened(c.Since, f.now): // the last: the clock was put back
		return lock{}, err
	case f.purpose.recovers() && c.Count == 0:
		return lock{grade: lockSoft, until: c.Until}, nil
	}
	return lock{grade: lockHard, until: c.Until}, nil
}

// checkLock holds a proof by the method at hand against the lock, and reports whether it led elsewhere: to the refusal, or
// to the way by key alone. Under a lock that is not told, it goes on and is shut.
func (f *flow) checkLock(creds rules.Credentials) (bool, error) {
	l, err := f.readLock()
	if err != nil {
		return false, err
	}
	f.grade, f.capped, f.shut = l.grade, l.capped, false
	byKey := f.s.Kind == app.KindSecurityKey
	switch {
	case f.lockIgnored(l):
	case l.grade == lockSoft && f.s.Quiet && f.secretive():
		f.shut = !byKey
	case f.applyLock(l, creds):
		return true, nil
	case !byKey:
		return true, f.enterGate()
	}
	return false, nil
}

// lockIgnored reports whether the lock says nothing in this flow.
func (f *flow) lockIgnored(l lock) bool {
	return l.grade == lockOpen || l.grade == lockSoft && (f.s.passed(app.KindSecurityKey) || f.atStation() && !l.capped)
}

// atStation reports whether a reset goes on at an enrolled station.
func (f *flow) atStation() bool {
	return f.purpose.recovers() && f.op.Caller().Origin.Enrolled != ""
}

// applyLock blocks the flow where the lock leaves no way, and else leaves it the way by key alone.
func (f *flow) applyLock(l lock, creds rules.Credentials) bool {
	if l.grade == lockHard || !f.byKey(creds) {
		f.block(f.locked(), l.until)
		return true
	}
	f.s.KeyOnly = l.until
	return false
}

// byKey reports whether a security key leads on over the soft lock.
func (f *flow) byKey(creds rules.Credentials) bool {
	return slices.Contains(f.ways(creds), app.KindSecurityKey) && f.enough(creds)
}

// keyOnly reports whether a security key alone passes the gate at hand, and the person knows it.
func (f *flow) keyOnly() bool {
	return f.now.Before(f.s.KeyOnly) && !f.s.passed(app.KindSecurityKey)
}

// noProof reports whether a proof by a kind can't hold, whatever it is.
func (f *flow) noProof() bool { return f.decoy() || f.shut }

// countWrong counts a wrong try at a gate, and says which lock it closes. While registering none is; see [flow.enrol]. Where
// the hard one is closed it closes none.
func (f *flow) countWrong() (grade, error) {
	if f.enrolling() {
		_, err := f.op.Figures().WrongEnrols().Record(f.tx, f.op.AccountKey(limit.WrongEnrols, f.rec.Account), f.now)
		return lockOpen, err
	}
	if f.capped {
		return lockOpen, nil
	}
	if full, err := f.countRow(); err != nil || full {
		return lockHard, err
	}
	if f.purpose.recovers() {
		if full, err := f.op.Figures().AllWrongTries().Record(f.tx, f.gateKey(limit.AllWrongTries), f.now); err != nil || full {
			return lockHard, err
		}
	}
	if f.grade != lockOpen {
		return lockOpen, nil
	}
	full, err := f.op.Figures().WrongTries().Record(f.tx, f.gateKey(limit.WrongTries), f.now)
	if err != nil || !full {
		return lockOpen, err
	}
	return lockSoft, nil
}

// countEndedGate counts an ended gate, and gives the lock that it closes, or that a wrong try has closed already.
func (f *flow) countEndedGate(closes grade) (lock, error) {
	if closes == lockOpen && f.grade == lockOpen {
		full, err := f.op.Figures().EndedGates().Record(f.tx, f.gateKey(limit.EndedGates), f.now)
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
	return f.closeLock(closes)
}

// closeLock locks the gates. The hard lock stays at least until another wrong try has room in the window.
func (f *flow) closeLock(g grade) (lock, error) {
	if full, err := f.rowFull(); err != nil || full {
		return lock{grade: lockHard, until: endless}, errors.Join(err, f.audit(event{
			action: rowEvents[f.locked()], result: core.Blocked, reason: f.locked(),
		}))
	}
	c := port.Counter{Key: f.gateKey(limit.Recovery), Since: f.now, Until: f.now.Add(f.op.Policy().Recovery.Lock)}
	e := event{action: lockEvents[f.locked()], result: core.Blocked, reason: f.locked()}
	if g == lockHard {
		room, err := f.op.Figures().AllWrongTries().Opens(f.tx, f.gateKey(limit.AllWrongTries), f.now)
		if err != nil {
			return lock{}, err
		}
		if room.After(c.Until) {
			c.Until = room
		}
		c.Count, e.action = 1, hardLocked
	}
	c.Expiry = c.Until
	if err := f.tx.PutCounter(c); err != nil {
		return lock{}, err
	}
	if err := f.audit(e); err != nil {
		return lock{}, err
	}
	return f.readLock()
}

// lockEvents names the audit trail's entry of each lock, and hardLocked that of the hard one.
var lockEvents = map[app.Code]string{app.CodeRecovery: "recovery.lock", app.CodeProofLocked: "proof.lock"}

const hardLocked = "recovery.hard_lock"

// clearLocks forgets what was counted against the account: its person has proven who they are, and has a new password.
func (f *flow) clearLocks() error {
	if f.s.Stamp == "" { // by which the guesses at another password are counted anew
		if err := limit.Forget(f.tx, f.op.GuessKeys(port.DirectoryAccount{ID: f.rec.Account}).Ours, f.now); err != nil {
			return err
		}
	}
	for _, c := range []limit.Counter{
		limit.EndedGates, limit.WrongTries, limit.EndedGates.AfterPassword(), limit.WrongTries.AfterPassword(), limit.AllWrongTries,
		limit.Recovery, limit.Recovery.AfterPassword(), limit.SignIns, limit.OtherGuesses, limit.WrongInARow,
		limit.WrongInARow.AfterPassword(),
	} {
		if err := limit.Forget(f.tx, f.op.AccountKey(c, f.rec.Account), f.now); err != nil {
			return err
		}
	}
	return nil
}
