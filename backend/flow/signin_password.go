package flow

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// passwordTry is one pair of user ID and password. The password may have been set in either of two forms
// (typed.PresentPassword): a person makes one try, by which the directory may count two guesses.
type passwordTry struct {
	op      *operation
	private bool // the state of an account is not for everybody
	account port.DirectoryAccount
	known   bool

	given    app.Secret // as typed
	forms    []app.Secret
	admitted []limit.Admission // once the guesses were counted: of each form that may be asked about
	came     []limit.Verdict   // of these, what the directory made of them

	mustChange bool               // the right one has to be changed
	directory  port.PasswordRules // for another one, then
}

// newTry makes a try with a password, in those of its forms that were not wrong a moment ago.
func (o *operation) newTry(p passwordTry, given app.Secret) *passwordTry {
	p.op, p.given = o, given
	if p.known && p.account.Stamp == "" {
		o.stampless.Store(true)
	}
	for _, form := range typed.PresentPassword(given) {
		if !p.remembers() || !o.wrong.has(p.print(form), o.Now()) {
			p.forms = append(p.forms, form)
		}
	}
	return &p
}

// counterKey is that of the account, or of the one that stands for a name that nobody has.
func (p *passwordTry) counterKey() string { return p.op.AccountKey(limit.SignIns, p.account.ID) }

// print is the keyed hash by which a repeat is known, until the password changes.
func (p *passwordTry) print(form app.Secret) []byte {
	return p.op.Sealer.Index("wrong_password", p.counterKey()+"|"+p.account.Stamp+"|"+form.Reveal())
}

// remembers reports whether wrong passwords are remembered: not where nothing tells that another one was set, for nobody then, so
// that it tells nobody from people.
func (p *passwordTry) remembers() bool { return !p.op.stampless.Load() }

// right is the form that the directory took.
func (p *passwordTry) right() app.Secret { return p.forms[len(p.came)-1] }

// judge has the directory judge the password of those whom admit lets, unless there is no need to ask: the try is committed
// before, and settle after.
func (p *passwordTry) judge(ctx context.Context, sub submission, admit func(*flow) error, settle func(*flow, error) error) (app.Flow, error) {
	if refusal := p.refusedUnasked(); refusal != nil {
		return p.op.commit(ctx, sub, func(f *flow) error {
			if err := admit(f); err != nil {
				return err
			}
			return p.refuse(f, refusal)
		})
	}
	count := func(f *flow) error {
		if err := admit(f); err != nil {
			return err
		}
		return p.count(f)
	}
	return p.op.reserve(ctx, sub, count, func() (app.Flow, error) {
		verdict := p.verify(ctx)
		return p.op.commit(ctx, sub, func(f *flow) error { return settle(f, verdict) })
	})
}

// refusedUnasked refuses what needs no asking and is no try: nothing, far too much, or what was wrong a moment ago.
func (p *passwordTry) refusedUnasked() *app.Error {
	length := len(p.given.Reveal())
	if length == 0 || length > maxPassword || len(p.forms) == 0 {
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
		return &app.Error{Code: app.CodeLocked, RetryAt: p.account.OpensAt()}
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
// once go uncounted: one failure of the person's, and a guess for each form, as far as there is room for guesses.
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
	p.admitted = nil
	for range p.forms {
		admission, err := p.guesses().Admit(f.tx, p.op.GuessKeys(p.account), f.now)
		if err != nil {
			return err
		}
		if admission.Holds() {
			p.admitted = append(p.admitted, admission)
		}
	}
	f.rec.Account = p.account.ID
	return f.tx.PutCounter(c)
}

// verify asks the directory about one form after the other, in the time of one call, until one is right or no password is
// judged at all; about a stand-in too, and as often, so that the answer takes as long.
func (p *passwordTry) verify(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, core.DirectoryTimeout)
	defer cancel()
	verdict := error(port.ErrPassword)
	for i, admission := range p.admitted {
		verdict = p.told(p.op.VerifyPassword(ctx, admission, p.account.ID, p.forms[i]))
		if p.mustChange = errors.Is(verdict, port.ErrMustChange); p.mustChange {
			verdict = nil
		}
		p.came = append(p.came, judgedAs(verdict))
		if !errors.Is(verdict, port.ErrPassword) && !errors.Is(verdict, port.ErrNoPassword) {
			break
		}
	}
	if p.mustChange {
		p.directory, verdict = p.op.DirectoryRules(ctx, p.account.ID)
	}
	return verdict
}

// told is what the directory said, as far as it may be told. In private disclosure a lock is not, nor that the directory judges no
// password: it tells either whatever the password is.
func (p *passwordTry) told(err error) error {
	if !p.known || p.private && (errors.Is(err, port.ErrLocked) || errors.Is(err, port.ErrUnsupported)) {
		return port.ErrPassword
	}
	return err
}

// judgedAs is what came of a guess, for those who count.
func judgedAs(verdict error) limit.Verdict {
	switch {
	case verdict == nil:
		return limit.Right
	case errors.Is(verdict, port.ErrPassword), errors.Is(verdict, port.ErrNoPassword):
		return limit.Counted
	case errors.Is(verdict, port.ErrLocked), errors.Is(verdict, port.ErrDisabled), errors.Is(verdict, port.ErrAccountExpired),
		errors.Is(verdict, port.ErrUnsupported):
		return limit.Unjudged
	}
	return limit.Unknown
}

// settle commits what the directory said.
func (p *passwordTry) settle(f *flow, verdict error) error {
	switch {
	case verdict == nil:
		return p.accept(f)
	case judgedAs(verdict) == limit.Counted:
		for i := range p.came {
			p.op.wrong.add(p.print(p.forms[i]), f.now)
		}
		if err := p.settled(f); err != nil {
			return err
		}
		f.counted = true
		return wrongPassword()
	}
	if err := p.forgive(f); err != nil {
		return err
	}
	switch {
	case errors.Is(verdict, port.ErrLocked):
		return &app.Error{Code: app.CodeLocked, RetryAt: p.account.OpensAt()}
	case errors.Is(verdict, port.ErrDisabled):
		return &app.Error{Code: app.CodeDisabled}
	case errors.Is(verdict, port.ErrAccountExpired):
		return &app.Error{Code: app.CodeAccountExpired}
	case errors.Is(verdict, port.ErrUnsupported):
		return &app.Error{Code: app.CodeSignInByPass}
	}
	p.op.Log.Warn("the directory failed", "flow", f.rec.ID, "error", verdict)
	return &app.Error{Code: app.CodeUnavailable, Cause: verdict}
}

// settled takes down what the directory made of the guesses. What it was not asked about is none.
func (p *passwordTry) settled(f *flow) error {
	for i := range p.admitted {
		came := limit.Unjudged
		if i < len(p.came) {
			came = p.came[i]
		}
		if err := p.guesses().Settle(f.tx, p.op.GuessKeys(p.account), came, f.now); err != nil {
			return err
		}
	}
	return nil
}

// forgive takes the count back: no password was judged, as far as anybody knows.
func (p *passwordTry) forgive(f *flow) error {
	c, err := f.tx.Counter(p.counterKey())
	if err != nil {
		return err
	}
	if err := p.settled(f); err != nil {
		return err
	}
	return f.tx.PutCounter(limit.SignIn(p.op.Policy()).Forgive(c))
}

// clear clears the count: the password was right.
func (p *passwordTry) clear(f *flow) error {
	if err := p.settled(f); err != nil {
		return err
	}
	return limit.Forget(f.tx, p.counterKey(), f.now)
}

// accept leads on with the right password.
func (p *passwordTry) accept(f *flow) error {
	if err := p.clear(f); err != nil {
		return err
	}
	refused := f.op.Refusal(p.account)
	f.s = state{
		Typed: f.s.Typed, Subject: rules.SubjectOf(p.account).Keeping(p.directory), ProvenAt: f.now, Stamp: p.account.Stamp,
		Refused: refused != "", MustChange: p.mustChange,
	}
	f.rec.Account = p.account.ID
	if f.s.MustChange && f.s.Refused {
		f.block(refused, noTime)
		return nil
	}
	if frozen, err := f.blockFrozen(); frozen || err != nil {
		return err
	}
	return f.verify()
}
