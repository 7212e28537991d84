package backend

import (
	"context"
	"errors"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Resetting. The two halves after the gates stand in write.go.
//
//	user_id ──GiveUserID──▶ (work: work.go) ──▶ throttled? ──▶ may this account be helped? ──no, helpful──▶ blocked ──ContactAdmin──▶ sent
//	   ▲ ▲                                    │ yes        no, private                    │
//	   │ └───────────────── Back ─────────────│────────────────│──────────────────────────┘
//	   └─Back── triage ◀──────────────────────┴─── a lie ◀─────┘
//	              │ GiveReason
//	              ▼
//	          gate 1 (gate.go) ──▶ gate 2, by another method ──▶ password ──GivePassword──▶ confirming ──▶ done
//	              │ │                                               ▲ ▲                          │
//	              │ └── a security key that counts as two (keys.go) ┘ └── refused, not written ──┘
//	              │ 5 ended gates in 24 h
//	              ▼
//	           blocked
//
// The lie is a decoy (private.go, decoy.go): from there on the drawing is the same, but that no gate is ever passed, and
// that a code which is "on its way" went to nobody.
//
// ContactAdmin leads to sent from every page after the user ID but confirming. Whoever was locked out may be asked before
// the password whether to keep the old one (unlock.go). Whoever never had a password passes the gates by contacts that were
// entered beforehand (contacts.go), whichever reason they give; whoever has one and says "never" is led as if forgotten.

// reasons lists what may have happened, the commonest first.
func reasons() []app.Reason {
	return []app.Reason{app.ReasonForgot, app.ReasonLocked, app.ReasonNever}
}

// identify finds out who wants to reset, and whether that can be.
func (b *Backend) identify(ctx context.Context, q question, in app.GiveUserID) (app.Flow, error) {
	if b.policy().Feature.AsksWork(q.caller.Origin.Network) {
		return b.commit(ctx, q, func(t *talk) error {
			t.setWork()
			return t.admitName("user_id", q, in.UserID)
		})
	}
	flow, answered, err := b.reserve(ctx, q, func(t *talk) error { return t.admitName("user_id", q, in.UserID) })
	if answered {
		return flow, err
	}
	userID, _ := checkUserID(in.UserID)
	return b.look(ctx, q, userID)
}

// look asks the directory about a user ID, and leads on.
func (b *Backend) look(ctx context.Context, q question, userID string) (app.Flow, error) {
	account, known, err := b.find(ctx, userID)
	if err != nil {
		return b.down(ctx, q, err)
	}
	asked := account.ID
	if !known {
		account = b.standIn(userID)
		asked = b.seen.orElse(account.ID)
	}
	history, err := b.history(ctx, asked)
	if err != nil && (known || !errors.Is(err, port.ErrNotFound)) {
		return b.down(ctx, q, err)
	}
	return b.commit(ctx, q, func(t *talk) error { return t.opened(q, account, known, history) })
}

// opened leads on with what the directory said. A throttled one goes back to the user ID: its work is used up.
func (t *talk) opened(q question, account port.DirectoryAccount, known bool, history int) (err error) {
	worked := t.s.At == atWork
	switch {
	case t.private(q):
		err = t.openPrivate(account, known, history)
	case known:
		err = t.open(account, history)
	default:
		err = t.unknown(account.UserID)
	}
	if worked && app.CodeOf(err) == app.CodeThrottled {
		t.s.At, t.counted = atUserID, true
	}
	return err
}

// open leads a known account to the triage, or to the reason why it can't be helped: first what [Backend.allowed] says,
// then the recovery lock, then too few methods (administrators: two gates, whatever the policy).
func (t *talk) open(account port.DirectoryAccount, history int) error {
	if err := t.meet(account, history); err != nil {
		return err
	}
	if code := t.b.allowed(account); code != "" {
		t.block(code, noTime)
		return nil
	}
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	l, err := t.readLock()
	if err != nil || !t.free(l) && t.barred(l, creds) {
		return err
	}
	if !t.enough(creds) {
		t.strand()
		return nil
	}
	t.s.At = atTriage
	return nil
}

// meet counts a start for an account that the flow has not met yet, and begins anew with it.
func (t *talk) meet(account port.DirectoryAccount, history int) error {
	if t.rec.Account != account.ID {
		if err := t.countStart("account|" + string(account.ID)); err != nil {
			return err
		}
		t.s = state{At: t.s.At, Typed: t.s.Typed}
		t.rec.Account = account.ID
	}
	t.s.Who = whoIs(account, history)
	t.s.Locked = account.LockedUntil.After(t.now)
	t.s.Gates = t.b.gates(account.Admin)
	t.s.Private, t.s.Decoy, t.s.Quiet, t.s.KeyOnly, t.made = false, "", false, noTime, nil
	return nil
}

// unknown tells that nobody has this user ID; where the reset is off for everyone, that comes first.
func (t *talk) unknown(userID string) error {
	if err := t.countStart("name|" + strings.ToLower(userID)); err != nil {
		return err
	}
	t.s = state{At: t.s.At, Typed: t.s.Typed}
	t.rec.Account = ""
	code := app.CodeUnknown
	if t.b.off() {
		code = app.CodeNotEnabled
	}
	t.block(code, noTime)
	return nil
}

// countStart throttles how often a reset is begun for an account, or for a name that is none.
func (t *talk) countStart(subject string) error {
	retry, err := t.b.startWindow().allow(t.tx, t.b.counterKey(countStarts, subject), t.now)
	if err != nil {
		return err
	}
	if !retry.IsZero() {
		return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
	}
	return nil
}

// giveReason goes on to the first gate.
func (t *talk) giveReason(in app.GiveReason) error {
	for _, known := range reasons() {
		if in.Reason == known {
			t.s.Reason = in.Reason
			return t.enterGate()
		}
	}
	return app.Errorf(app.CodeBadRequest, "unknown reason")
}
