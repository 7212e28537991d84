package backend

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Signing in.
//
//	sign_in ──SignIn──▶ [reserve: the failure is counted] ──directory──▶ right: the count is cleared
//	   ▲                                                        │                │ a verification method is registered
//	   └──── wrong, unknown, locked, disabled ◀─────────────────┘                ├─yes─▶ gate (gate.go) ─▶ signed_in
//	                                                                             └─no──────────────────▶ signed_in
//
// A pass is the other way in: pass.go.
//
// The gate begins with the person's default method and takes any other verification method too. Numbers and addresses
// show in it, masked: who gave the right password is no stranger, and has no use for typing a destination in full.
// An unknown user ID is answered as a wrong password is, in the same time; and in private disclosure a locked account too.
// signed_in stays open until the flow expires, so that the grant of the session can be asked for again when its answer was
// lost; a reset of the password ends it.

// maxPassword is the longest password that is asked about, in bytes: a longer one is wrong without hashing it.
const maxPassword = 4096

// signIn asks the directory about a user ID and a password.
func (b *Backend) signIn(ctx context.Context, q question, in app.SignIn) (app.Flow, error) {
	flow, answered, err := b.reserve(ctx, q, func(t *talk) error { return t.admitName("sign_in", q, in.UserID) })
	if answered {
		return flow, err
	}
	userID, _ := checkUserID(in.UserID)
	account, known, err := b.find(ctx, userID)
	if err != nil {
		return b.down(ctx, q, err)
	}
	if !known {
		account.ID = b.standIn(userID).ID
	}
	g := guess{b: b, private: !b.policy().Feature.HelpfulTo(q.caller.Origin.Network), account: account, known: known, password: in.Password}
	if refusal := g.pointless(); refusal != nil {
		return b.commit(ctx, q, func(t *talk) error { return g.refuse(t, refusal) })
	}
	flow, answered, err = b.reserve(ctx, q, g.count)
	if answered {
		return flow, err
	}
	verdict := g.verify(ctx)
	return b.commit(ctx, q, func(t *talk) error { return g.settle(t, verdict) })
}

// admitName checks a user ID's form and counts the try for the network address that it came from.
func (t *talk) admitName(purpose string, q question, typed string) error {
	typed, err := checkUserID(typed)
	if err != nil {
		return err
	}
	t.s.Typed = typed
	return t.throttle(purpose, q)
}

// throttle counts a try for the network address that it came from.
func (t *talk) throttle(purpose string, q question) error {
	retry, err := t.b.throttleNetwork(t.tx, purpose, q.caller.Origin)
	if err != nil || retry.IsZero() {
		return err
	}
	return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
}

// guess is one pair of user ID and password.
type guess struct {
	b        *Backend
	private  bool // the state of an account is not for everybody
	account  port.DirectoryAccount
	known    bool
	password app.Secret
}

// subject is whom the count stands for; unknown names have a stand-in.
func (g guess) subject() string { return g.b.accountKey(countSignIn, g.account.ID) }

// print is the keyed hash by which a repeat is known, until the password changes.
func (g guess) print() []byte {
	return g.b.c.Sealer.Index("wrong_password", g.subject()+"|"+g.account.Stamp+"|"+g.password.Reveal())
}

// pointless refuses what needs no asking and is no guess: nothing, far too much, or what was wrong a moment ago.
func (g guess) pointless() *app.Error {
	length := len(g.password.Reveal())
	if length == 0 || length > maxPassword || g.b.wrong.has(g.print(), g.b.now()) {
		return wrongPassword()
	}
	return nil
}

func wrongPassword() *app.Error { return &app.Error{Code: app.CodeSignIn, Field: "password"} }

// refuse answers a pointless guess; while the account is paused, it says that.
func (g guess) refuse(t *talk, refusal *app.Error) error {
	c, err := t.tx.Counter(g.subject())
	if err != nil {
		return err
	}
	if t.now.Before(c.Until) {
		return &app.Error{Code: app.CodeThrottled, RetryAt: c.Until}
	}
	t.counted = true
	return refusal
}

// count takes the guess for a failure until the directory has spoken, so that neither a crash nor a hundred guesses at
// once go uncounted.
func (g guess) count(t *talk) error {
	c, err := t.tx.Counter(g.subject())
	if err != nil {
		return err
	}
	c, retry := g.b.signInPause(g.account).fail(c, t.now)
	if !retry.IsZero() {
		return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
	}
	t.rec.Account = g.account.ID
	return t.tx.PutCounter(c)
}

// verify asks the directory; about a stand-in too, so that the answer takes as long. In private disclosure a lock is not
// told: a directory tells it whatever the password is.
func (g guess) verify(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
	defer cancel()
	err := g.b.c.Directory.Verify(ctx, g.account.ID, g.password)
	if !g.known || g.private && errors.Is(err, port.ErrLocked) {
		return port.ErrPassword
	}
	return err
}

// settle commits what the directory said.
func (g guess) settle(t *talk, verdict error) error {
	switch {
	case verdict == nil:
		return g.welcome(t)
	case errors.Is(verdict, port.ErrPassword), errors.Is(verdict, port.ErrNoPassword):
		g.b.wrong.add(g.print(), t.now)
		t.counted = true
		return wrongPassword()
	}
	if err := g.forgive(t); err != nil {
		return err
	}
	switch {
	case errors.Is(verdict, port.ErrLocked):
		return &app.Error{Code: app.CodeLocked, RetryAt: g.account.LockedUntil}
	case errors.Is(verdict, port.ErrDisabled):
		return &app.Error{Code: app.CodeDisabled}
	}
	g.b.c.Log.Warn("the directory failed", "flow", t.rec.ID, "error", verdict)
	return &app.Error{Code: app.CodeUnavailable, Cause: verdict}
}

// forgive takes the count back: no password was judged.
func (g guess) forgive(t *talk) error {
	c, err := t.tx.Counter(g.subject())
	if err != nil {
		return err
	}
	return t.tx.PutCounter(g.b.signInPause(g.account).forgive(c))
}

// welcome clears the count.
func (g guess) welcome(t *talk) error {
	if err := t.tx.PutCounter(port.Counter{Key: g.subject(), Expiry: t.now}); err != nil {
		return err
	}
	t.s = state{Typed: t.s.Typed, Who: whoIs(g.account, 0), ProvenAt: t.now, Barred: t.b.allowed(g.account) != ""}
	t.rec.Account = g.account.ID
	return t.verify()
}
