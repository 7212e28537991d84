package backend

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Changing the password. The account is that of the session which started the flow, and the session must be good until
// the password is written; it stays, the others end.
//
//	Start ──▶ current ──GiveCurrentPassword──▶ counted and judged as signing in is ──right──▶ password (write.go)
//	             ▲                                          │ wrong
//	             └──────────────────────────────────────────┘

// checkCurrent asks the directory whether the person knows the password that they have.
func (b *Backend) checkCurrent(ctx context.Context, q question, in app.GiveCurrentPassword) (app.Flow, error) {
	var id app.AccountID
	var changing bool
	flow, answered, err := b.reserve(ctx, q, func(t *talk) error {
		id, changing = t.rec.Account, t.changing()
		if !changing {
			return nil
		}
		_, err := t.session()
		return err
	})
	if answered {
		return flow, err
	}
	if !changing {
		return b.unlock(ctx, q, id, in.Password)
	}
	account, err := b.account(ctx, id)
	if err != nil {
		return b.down(ctx, q, err)
	}
	g := guess{b: b, account: account, known: true, password: in.Password}
	if refusal := g.pointless(); refusal != nil {
		return b.commit(ctx, q, func(t *talk) error { return g.refuse(t, refusal) })
	}
	flow, answered, err = b.reserve(ctx, q, g.count)
	if answered {
		return flow, err
	}
	verdict := g.verify(ctx)
	return b.commit(ctx, q, func(t *talk) error {
		if verdict != nil {
			return g.settle(t, verdict)
		}
		t.s.At = atPassword
		return t.tx.PutCounter(port.Counter{Key: g.subject(), Expiry: t.now})
	})
}

// changing reports whether the person knows the old password.
func (t *talk) changing() bool { return t.rec.Purpose == app.PurposeChange }

// endSessions ends the account's sessions; in a change all but the one that it was made in.
func (t *talk) endSessions() error {
	own, err := t.session()
	kept := t.changing() && err == nil
	if err != nil && !isRefusal(err) {
		return err
	}
	if _, err := t.tx.EndSessions(t.rec.Account, t.now); err != nil || !kept {
		return err
	}
	return t.tx.PutSession(own)
}
