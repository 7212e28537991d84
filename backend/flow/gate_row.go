package flow

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
)

// Wrong tries in a row. The windows of gate_lock.go bound how fast somebody guesses, not for how long: a few codes a day, every
// day, hit in the end. So the tries since the last success are counted too, whatever their time, method and flow, and the
// last of them closes the hard lock for good (SP 800-63B-4, 3.2.2):
//
//	a wrong try at a gate ──▶ +1        the gate after a password has a count of its own, as it has locks
//	every gate of a reset passed ──┐
//	signed in, a fresh proof ──────┼──▶ 0, for both
//	a pass is issued ──────────────┘
//
// One gate of two is no success: who has stolen a telephone could else go on guessing at the other. A name that nobody has
// is counted alike.

// endless is when a lock ends that no time opens.
var endless = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// whenOver is what a person is told of a lock's end: nothing where there is none.
func whenOver(until time.Time) time.Time {
	if until.Equal(endless) {
		return noTime
	}
	return until
}

// rowEvents names the audit trail's entry of each lock that so many wrong tries in a row close.
var rowEvents = map[app.Code]string{app.CodeRecovery: "recovery.row_lock", app.CodeProofLocked: "proof.row_lock"}

// rowFull reports whether there were as many wrong tries in a row as there may be.
func (f *flow) rowFull() (bool, error) {
	return f.op.Figures().WrongInARow().Full(f.tx, f.gateKey(limit.WrongInARow))
}

// countRow counts a wrong try, and reports whether it was the last one.
func (f *flow) countRow() (bool, error) {
	return f.op.Figures().WrongInARow().Record(f.tx, f.gateKey(limit.WrongInARow), f.now)
}

// endRow forgets the wrong tries: the person has succeeded.
func (f *flow) endRow() error {
	for _, c := range []limit.Counter{limit.WrongInARow, limit.WrongInARow.AfterPassword()} {
		key := f.op.AccountKey(c, f.rec.Account)
		counted, err := f.tx.Counter(key)
		if err == nil && counted.Count > 0 {
			err = limit.Forget(f.tx, key, f.now)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
