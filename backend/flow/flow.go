package flow

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// flow is a flow that was loaded in a transaction, its state, and what happens on the way.
type flow struct {
	op      *operation
	tx      *core.Tx
	now     time.Time
	rec     port.FlowRecord
	purpose purpose
	s       state
	counted bool              // a refusal that costs a try: the state it leaves is kept
	decoys  rules.Credentials // once they were needed
	grade   grade             // of the lock that the proof at hand met
	capped  bool              // that lock was the hard one, at an enrolled station
	shut    bool              // that lock is not told, and lets no proof by the method at hand hold
	unsent  app.Code          // why a message went to nobody, which the audit trail alone may tell
}

// load reads a flow; port.ErrNotFound where there is none.
func (o *operation) load(tx *core.Tx, id app.FlowID) (*flow, error) {
	rec, err := tx.Flow(id)
	if err != nil {
		return nil, err
	}
	return o.open(tx, rec)
}

// open gives a flow that was read its state and its purpose.
func (o *operation) open(tx *core.Tx, rec port.FlowRecord) (*flow, error) {
	s, err := decodeState(rec.State)
	if err != nil {
		return nil, err
	}
	p, err := purposeOf(rec.Purpose)
	if err != nil {
		return nil, err
	}
	f := &flow{op: o, tx: tx, now: o.Now(), rec: rec, purpose: p, s: s}
	f.growOlder()
	return f, nil
}

// undo brings back the state as it was read.
func (f *flow) undo() (err error) {
	f.s, err = decodeState(f.rec.State)
	f.growOlder()
	return err
}

// save writes the flow down.
func (f *flow) save() error {
	data, err := f.s.encode()
	if err != nil {
		return err
	}
	f.rec.State = data
	return f.tx.PutFlow(f.rec)
}

// end closes the flow; its last page stays readable until it is swept. What a method kept is of no use any more.
func (f *flow) end(at stage) {
	f.s.At, f.s.Kind, f.s.Attempts = at, "", nil
	f.rec.Ended = f.now
}

// rules are the policy's for the flow's subject.
func (f *flow) rules() rules.Rules { return f.op.Rules(f.s.Subject) }

// rulesIf are the rules for the flow's subject, if it is, or is not, an administrator.
func (f *flow) rulesIf(admin bool) rules.Rules {
	s := f.s.Subject
	s.Admin = admin
	return f.op.Rules(s)
}

// noTime stands where waiting does not help.
var noTime time.Time

// block refuses what the person can't mend here; until says when it may be tried again, if time helps.
func (f *flow) block(code app.Code, until time.Time) {
	f.s.At, f.s.Blocked, f.s.Until = atBlocked, code, whenOver(until)
}
