package flow

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// passwordTry is one pair of user ID and password.
type passwordTry struct {
	op       *operation
	private  bool // the state of an account is not for everybody
	account  port.DirectoryAccount
	known    bool
	password app.Secret

	admitted limit.Admission // once the guess was counted
}

// counterKey is that of the account, or of the one that stands for a name that nobody has.
func (p *passwordTry) counterKey() string { return p.op.AccountKey(limit.SignIns, p.account.ID) }

// print is the keyed hash by which a repeat is known, until the password changes.
func (p *passwordTry) print() []byte {
	return p.op.Sealer.Index("wrong_password", p.counterKey()+"|"+p.account.Stamp+"|"+p.password.Reveal())
}

// judge has the directory judge the password, unless there is no need to ask: count is committed before, and settle after.
func (p *passwordTry) judge(ctx context.Context, sub submission, count func(*flow) error, settle func(*flow, error) error) (app.Flow, error) {
	if refusal := p.refusedUnasked(); refusal != nil {
		return p.op.commit(ctx, sub, func(f *flow) error { return p.refuse(f, refusal) })
	}
	return p.op.reserve(ctx, sub, count, func() (app.Flow, error) {
		verdict := p.verify(ctx)
		return p.op.commit(ctx, sub, func(f *flow) error { return settle(f, verdict) })
	})
}

// refusedUnasked refuses what needs no asking and is no try: nothing, far too much, or what was wrong a moment ago.
func (p *passwordTry) refusedUnasked() *app.Error {
	length := len(p.password.Reveal())
	if length == 0 || length > maxPassword || p.op.wrong.has(p.print(), p.op.Now()) {
		return wrongPassword()
	}
	return nil
}

func wrongPassword() *app.Error { return &app.Error{Code: app.CodeSignIn, Field: "password"} }

// refuse answers a refusedUnasked guess; while the account is paused, it says that.
func (p *passwordTry) refuse(f *flow, refusal *app.Error) error {
	if err := p.checkPaused(f); err != nil {
		return err
	}
	f.counted = true
	return refusal
}

// guesses are the bound that keeps the directory from locking the account.
func (p *passwordTry) guesses() limit.Guesses { return limit.GuessesAt(p.op.Policy(), p.account) }

// checkPaused refuses while no guess may be made: by the directory's count, or by ours. That the directory has locked the
// account already is told where it may be.
func (p *passwordTry) checkPaused(f *flow) error {
	closed, at, err := p.guesses().Opens(f.tx, p.op.GuessKeys(p.account), f.now)
	switch {
	case err != nil:
		return err
	case closed && !p.private && p.known && p.account.LockedUntil.After(f.now):
		return &app.Error{Code: app.CodeLocked, RetryAt: p.account.LockedUntil}
	case closed:
		return &app.Error{Code: app.CodeGuessesStopped, RetryAt: at}
	}
	c, err := f.tx.Counter(p.counterKey())
	if err == nil && f.now.Before(c.Until) {
		return &app.Error{Code: app.CodeThrottled, RetryAt: c.Until}
	}
	return err
}

// count takes the try for a failure until the directory has spoken, so that neither a crash nor a hundred tries at
// once go uncounted.
func (p *passwordTry) count(f *flow) error {
	if err := p.checkPaused(f); err != nil {
		return err
	}
	c, err := f.tx.Counter(p.counterKey())
	if err != nil {
		return err
	}
	c, retry := limit.SignIn(p.op.Policy()).Fail(c, f.now)
	if !retry.IsZero() {
		return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
	}
	if p.admitted, err = p.guesses().Admit(f.tx, p.op.GuessKeys(p.account), f.now); err != nil {
		return err
	}
	f.rec.Account = p.account.ID
	return f.tx.PutCounter(c)
}

// verify asks the directory; about a stand-in too, so that the answer takes as long. In private disclosure a lock is not
// told: a directory tells it whatever the password is.
func (p *passwordTry) verify(ctx context.Context) error {
	err := p.op.VerifyPassword(ctx, p.admitted, p.account.ID, p.password)
	if !p.known || p.private && errors.Is(err, port.ErrLocked) {
		return port.ErrPassword
	}
	return err
}

// settle commits what the directory said.
func (p *passwordTry) settle(f *flow, verdict error) error {
	switch {
	case verdict == nil:
		return p.accept(f)
	case errors.Is(verdict, port.ErrPassword), errors.Is(verdict, port.ErrNoPassword):
		p.op.wrong.add(p.print(), f.now)
		if err := p.settled(f, limit.Counted); err != nil {
			return err
		}
		f.counted = true
		return wrongPassword()
	}
	came := limit.Unknown
	if errors.Is(verdict, port.ErrLocked) || errors.Is(verdict, port.ErrDisabled) {
		came = limit.Unjudged
	}
	if err := p.forgive(f, came); err != nil {
		return err
	}
	switch {
	case errors.Is(verdict, port.ErrLocked):
		return &app.Error{Code: app.CodeLocked, RetryAt: p.account.LockedUntil}
	case errors.Is(verdict, port.ErrDisabled):
		return &app.Error{Code: app.CodeDisabled}
	}
	p.op.Log.Warn("the directory failed", "flow", f.rec.ID, "error", verdict)
	return &app.Error{Code: app.CodeUnavailable, Cause: verdict}
}

// settled takes down what the directory made of the guess.
func (p *passwordTry) settled(f *flow, came limit.Verdict) error {
	return p.guesses().Settle(f.tx, p.op.GuessKeys(p.account), came, f.now)
}

// forgive takes the count back: no password was judged, as far as anybody knows.
func (p *passwordTry) forgive(f *flow, came limit.Verdict) error {
	c, err := f.tx.Counter(p.counterKey())
	if err != nil {
		return err
	}
	if err := p.settled(f, came); err != nil {
		return err
	}
	return f.tx.PutCounter(limit.SignIn(p.op.Policy()).Forgive(c))
}

// clear clears the count: the password was right.
func (p *passwordTry) clear(f *flow) error {
	if err := p.settled(f, limit.Right); err != nil {
		return err
	}
	return limit.Forget(f.tx, p.counterKey(), f.now)
}

// accept leads on with the right password.
func (p *passwordTry) accept(f *flow) error {
	if err := p.clear(f); err != nil {
		return err
	}
	f.s = state{Typed: f.s.Typed, Subject: rules.SubjectOf(p.account, 0), ProvenAt: f.now, Stamp: p.account.Stamp, Refused: f.op.Refusal(p.account) != ""}
	f.rec.Account = p.account.ID
	return f.verify()
}
