package flow

import (
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/rules"
)

// verify leads past the password: to one gate of a verification method, the default one first, or on where the person
// holds none.
func (f *flow) verify() error {
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	kinds := f.rules().Verifying(creds)
	if len(kinds) == 0 {
		f.signedIn()
		return errors.Join(f.endRow(), f.tellAlone(creds))
	}
	if l, err := f.readLock(); err != nil || l.grade != lockOpen {
		f.block(f.locked(), l.until)
		return err
	}
	f.s.Gates, f.s.At = 1, atChoose
	return f.begin(kinds[0])
}

// tellAlone tells the owner that the password alone has signed somebody in, as long as it is not long since there was more:
// there is nothing else to ask for, and who deleted it may not have been the owner.
func (f *flow) tellAlone(creds rules.Credentials) error {
	kept, err := f.tx.Registration(f.rec.Account)
	if err != nil || f.now.After(kept.AloneUntil) {
		return err
	}
	_, err = f.notifyOwner(app.MessageSignedInAlone, nil, creds)
	return err
}

// begin takes a way without being asked. Where it can't be taken just now (a code can't be sent), the choice stays, and
// says when.
func (f *flow) begin(kind app.Kind) error {
	err := f.take(kind)
	if core.IsRefusal(err) {
		return nil
	}
	return err
}

// verified notes a fresh proof, and goes on with what it was asked for.
func (f *flow) verified(kind app.Kind) error {
	stood := f.standsIn()
	f.s.Passed, f.s.Notice = nil, nil
	if err := f.endRow(); err != nil {
		return err
	}
	if f.s.Pending == nil {
		f.s.ProvenAt, f.s.ProvenBy = f.now, kind
		f.signedIn()
		return nil
	}
	session, err := f.session()
	if err != nil {
		return err
	}
	if stood {
		if err := f.stoodIn(); err != nil {
			return err
		}
		kind = app.KindSecurityKey // whose word theirs is
	}
	session.ProvenAt, session.ProvenBy = f.now, kind
	if err := f.raise(session); err != nil {
		return err
	}
	w := *f.s.Pending
	f.leaveChange()
	f.s.Pending = nil
	err = f.apply(w)
	if core.IsRefusal(err) { // the proof holds all the same
		f.counted = true
		if err := f.home(); err != nil {
			return err
		}
	}
	return err
}
