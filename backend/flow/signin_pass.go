package flow

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Signing in with a Temporary Access Pass (backend/admin makes them).
//
//	sign_in ──SignInWithPass──▶ [one transaction: counted, judged, used]
//	   ▲                            │ good                  │ never had a password
//	   └── wrong, used, over, ──────┤                       ▼
//	       nobody's: one answer     │                   password ──GivePassword──▶ confirming ──▶ signed_in
//	                                └─ had one ────────────────────────────────────────────────────▲
//
// No other proof is asked for: who needs a pass has nothing, or has lost it. So the session that it opens registers and
// does nothing else, ends with the registration or after a quarter of an hour, and what it adds beside older methods has
// to cool off.

// signInWithPass judges a pass. A user ID that nobody has costs the same calls of the directory.
func (o *operation) signInWithPass(ctx context.Context, sub submission, in app.SignInWithPass) (app.Flow, error) {
	var code app.Secret
	admit := func(f *flow) (err error) {
		if code, err = app.ReadPass(in.Pass); err != nil {
			return err
		}
		return f.admitName(limit.NetworkSignIn, sub, in.UserID)
	}
	return o.reserve(ctx, sub, admit, func() (app.Flow, error) {
		userID, _ := typed.UserID(in.UserID)
		account, known, err := o.FindAccount(ctx, userID)
		if err != nil {
			return o.directoryDown(ctx, sub, err)
		}
		asked := account.ID
		if unknown := o.unknownAccount(account.UserID).ID; !known { // made for everybody, so that it takes as long
			asked = o.timing.orElse(unknown)
		}
		directory, err := o.DirectoryRules(ctx, asked)
		if err != nil && (known || !errors.Is(err, port.ErrNotFound)) {
			return o.directoryDown(ctx, sub, err)
		}
		return o.commit(ctx, sub, func(f *flow) error {
			whose := "name|" + account.UserID
			if known {
				whose = "account|" + string(account.ID)
			}
			if err := f.usePass(whose, account, code, sub.caller.Origin); err != nil {
				return err
			}
			f.s.Subject.Directory = directory
			return nil
		})
	})
}

// usePass counts the try, judges it, and takes the pass: all in the one transaction, so that a pass works once. Tries are
// counted for each client and each pass: what a stranger types elsewhere keeps nobody out who has it. From however many places
// they come, a hundred wrong ones in a day end a pass; another one is issued then.
func (f *flow) usePass(whose string, account port.DirectoryAccount, code app.Secret, from app.Origin) error {
	pass, good, err := f.judgePass(account, code, from)
	if err != nil {
		return err
	}
	everywhere := f.op.CounterKey(limit.PassTries, whose+"|"+hex.EncodeToString(pass.Hash))
	if over, err := f.op.Figures().PassTries().Opens(f.tx, everywhere, f.now); err != nil {
		return err
	} else if !over.IsZero() {
		good = false
	}
	key := f.op.CounterKey(limit.Passes, whose+"|"+clientOf(from)+"|"+hex.EncodeToString(pass.Hash))
	c, err := f.tx.Counter(key)
	if err != nil {
		return err
	}
	c, retry := limit.Pass(f.op.Policy()).Fail(c, f.now)
	if !retry.IsZero() {
		return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
	}
	if !good {
		f.counted = true
		if _, err := f.op.Figures().PassTries().Record(f.tx, everywhere, f.now); err != nil {
			return err
		}
		if err := f.tx.PutCounter(c); err != nil {
			return err
		}
		return &app.Error{Code: app.CodeWrongPass, Field: "pass"}
	}
	if err := f.tx.PutCounter(port.Counter{Key: key, Expiry: f.now}); err != nil {
		return err
	}
	f.rec.Account = account.ID
	f.s = state{Typed: f.s.Typed, Subject: rules.SubjectOf(account), ProvenAt: f.now, Stamp: account.Stamp, ByPass: true}
	if refused := f.op.Refusal(account); refused != "" {
		f.block(refused, noTime)
		return nil
	}
	if frozen, err := f.blockFrozen(); frozen || err != nil {
		return err
	}
	f.s.At = atSignedIn
	if !account.HasPassword {
		f.s.At = atPassword
	}
	return f.takePass(pass)
}

// clientOf names who types, as far as anybody else vouches for the name: an enrolled station, or the network that an address
// counts under.
func clientOf(from app.Origin) string {
	if from.Enrolled != "" {
		return "station|" + string(from.Enrolled)
	}
	return "network|" + limit.Networks(from.Network)[0]
}

// judgePass reports whether the code is the account's pass, still good, and good here: one from a setup desk is for stations
// that are enrolled and for helpful networks. No pass is an administrator's but the one by which the first of them begins.
func (f *flow) judgePass(account port.DirectoryAccount, code app.Secret, from app.Origin) (port.PassRecord, bool, error) {
	pass, err := f.tx.Pass(account.ID)
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		return pass, false, err
	}
	same := subtle.ConstantTimeCompare(pass.Hash, f.op.HashPass(account.ID, code)) == 1
	here := !pass.Desk || f.op.Policy().Feature.HelpfulTo(from)
	first, err := f.tx.IsFirstCode(pass)
	return pass, same && here && pass.Good(f.now) && account.Admin == first, err
}

// takePass marks the pass as used, and tells its owner.
func (f *flow) takePass(pass port.PassRecord) error {
	pass.Used, pass.Flow = f.now, f.rec.ID
	if err := f.tx.PutPass(pass); err != nil {
		return err
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	if _, err := f.notifyOwner(app.MessagePassUsed, nil, creds); err != nil {
		return err
	}
	return f.audit(event{action: "pass.use", result: core.Succeeded, by: pass.IssuedBy})
}

// beginFirst begins to write the first password. Where somebody else has set one meanwhile, that one stands.
func (f *flow) beginFirst(account port.DirectoryAccount) error {
	if account.Admin {
		first, err := f.byFirstCode(f.rec.ID)
		if err != nil {
			return err
		}
		if !first {
			f.block(app.CodePassAdmin, noTime)
			return nil
		}
	}
	if account.HasPassword {
		f.s.At, f.s.Stamp = atSignedIn, account.Stamp
		return nil
	}
	return f.markPending(account)
}

// byFirstCode reports whether a flow was signed in by the one pass that is an administrator's, and still is: no other was issued in
// its place, and no administrator has registered since.
func (f *flow) byFirstCode(signedIn app.FlowID) (bool, error) {
	pass, err := f.tx.Pass(f.rec.Account)
	if errors.Is(err, port.ErrNotFound) || err == nil && pass.Flow != signedIn {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return f.tx.IsFirstCode(pass)
}

// byPass lets who signed in by pass add a method, and nothing else.
func (f *flow) byPass(w pendingChange) error {
	if w.What != addOne {
		return &app.Error{Code: app.CodePassOnly}
	}
	return f.apply(w)
}

// mustCoolOff reports whether what is added now has to cool off: after the first registration, whatever is left of it; by
// pass, beside anything that was there before the pass was used, too.
func (f *flow) mustCoolOff(creds rules.Credentials) (bool, error) {
	session, err := f.session()
	if err != nil {
		return false, err
	}
	for _, c := range creds {
		if session.ByPass && c.Added.Before(session.ProvenAt) {
			return true, nil
		}
	}
	return f.tx.Settled(f.rec.Account, f.rules(), creds)
}

// endByPass ends the session that a pass opened, with the flow that it was for.
func (f *flow) endByPass() error {
	session, err := f.session()
	switch {
	case core.IsRefusal(err), err == nil && !session.ByPass:
		return nil
	case err != nil:
		return err
	}
	session.Ended = f.now
	if err := f.tx.PutSession(session); err != nil {
		return err
	}
	return f.audit(event{action: "session.end", result: core.Succeeded})
}
