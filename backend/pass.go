package backend

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Signing in with a Temporary Access Pass (issue.go makes them).
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

// passSession is the longest that a session by pass lasts.
const passSession = 15 * time.Minute

// passFailures is how many wrong passes make a pause, which lasts as one for wrong passwords does.
const passFailures = 5

// signInWithPass judges a pass. A user ID that nobody has costs the same call of the directory.
func (b *Backend) signInWithPass(ctx context.Context, q question, in app.SignInWithPass) (app.Flow, error) {
	var code app.Secret
	flow, answered, err := b.reserve(ctx, q, func(t *talk) (err error) {
		if code, err = app.ReadPass(in.Pass); err != nil {
			return err
		}
		return t.admitName("sign_in", q, in.UserID)
	})
	if answered {
		return flow, err
	}
	userID, _ := checkUserID(in.UserID)
	account, known, err := b.find(ctx, userID)
	if err != nil {
		return b.down(ctx, q, err)
	}
	return b.commit(ctx, q, func(t *talk) error {
		key := b.counterKey(countPass, "name|"+strings.ToLower(userID))
		if known {
			key = b.accountKey(countPass, account.ID)
		}
		return t.usePass(key, account, code)
	})
}

// usePass counts the try, judges it, and takes the pass: all in the one transaction, so that a pass works once.
func (t *talk) usePass(key string, account port.DirectoryAccount, code app.Secret) error {
	c, err := t.tx.Counter(key)
	if err != nil {
		return err
	}
	p := pause{failures: passFailures, first: t.b.policy().SignIn.Pause}
	c, retry := p.fail(c, t.now)
	if !retry.IsZero() {
		return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
	}
	pass, good, err := t.judgePass(account, code)
	if err != nil {
		return err
	}
	if !good {
		t.counted = true
		if err := t.tx.PutCounter(c); err != nil {
			return err
		}
		return &app.Error{Code: app.CodeWrongPass, Field: "pass"}
	}
	if err := t.tx.PutCounter(port.Counter{Key: key, Expiry: t.now}); err != nil {
		return err
	}
	t.rec.Account = account.ID
	t.s = state{Typed: t.s.Typed, Who: whoIs(account, 0), ProvenAt: t.now, ByPass: true}
	if refused := t.b.allowed(account); refused != "" {
		t.block(refused, noTime)
		return nil
	}
	t.s.At = atSignedIn
	if !account.HasPassword {
		t.s.At = atPassword
	}
	return t.takePass(pass)
}

// judgePass reports whether the code is the account's pass, and still good. No pass is an administrator's.
func (t *talk) judgePass(account port.DirectoryAccount, code app.Secret) (port.PassRecord, bool, error) {
	pass, err := t.tx.Pass(account.ID)
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		return pass, false, err
	}
	same := subtle.ConstantTimeCompare(pass.Hash, t.b.passHash(account.ID, code)) == 1
	return pass, same && good(pass, t.now) && !account.Admin, nil
}

// passHash is what is kept of a pass.
func (b *Backend) passHash(account app.AccountID, code app.Secret) []byte {
	return b.c.Sealer.Index("pass", string(account)+"|"+code.Reveal())
}

// takePass marks the pass as used, and tells its owner.
func (t *talk) takePass(pass port.PassRecord) error {
	pass.Used = t.now
	if err := t.tx.PutPass(pass); err != nil {
		return err
	}
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	if _, err := t.tell(app.MessagePassUsed, nil, creds); err != nil {
		return err
	}
	return t.audit(event{action: "pass.use", result: resultSucceeded, by: pass.IssuedBy})
}

// beginFirst begins to write the first password. Where somebody else has set one meanwhile, that one stands.
func (t *talk) beginFirst(account port.DirectoryAccount) error {
	switch {
	case account.Admin:
		t.block(app.CodePassAdmin, noTime)
		return nil
	case account.HasPassword:
		t.s.At = atSignedIn
		return nil
	}
	return t.await(account)
}

// byPass lets who signed in by pass add a method, and nothing else.
func (t *talk) byPass(w wanted) error {
	if w.What != addOne {
		return &app.Error{Code: app.CodePassOnly}
	}
	return t.do(w)
}

// cools reports whether what is added now has to cool off: after the first registration; by pass, beside anything that
// was there before the pass was used.
func (t *talk) cools(creds []port.CredentialRecord) (bool, error) {
	session, err := t.session()
	if err != nil {
		return false, err
	}
	for _, c := range creds {
		if session.ByPass && c.Added.Before(session.ProvenAt) {
			return true, nil
		}
	}
	return t.b.settled(creds, t.s.Who.Admin), nil
}

// endByPass ends the session that a pass opened, with the flow that it was for.
func (t *talk) endByPass() error {
	session, err := t.session()
	switch {
	case isRefusal(err), err == nil && !session.ByPass:
		return nil
	case err != nil:
		return err
	}
	session.Ended = t.now
	if err := t.tx.PutSession(session); err != nil {
		return err
	}
	return t.audit(event{action: "session.end", result: resultSucceeded})
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
