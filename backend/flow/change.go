package flow

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
)

// Changing the password. The account is that of the session which started the flow, and the session must be good until
// the password is written; it stays, the others end.
//
//	Start ──▶ by the present one? ──no, the directory takes no such change──▶ blocked
//	             │ yes
//	             ▼
//	          old enough? ──no──▶ blocked, until it is (young.go)
//	             │ yes
//	             ▼
//	          current ──GiveCurrentPassword──▶ counted and judged as signing in is ──right──▶ password (write.go)
//	             ▲                                          │ wrong
//	             └──────────────────────────────────────────┘

// checkCurrent asks the directory whether the person knows the password that they have.
func (o *operation) checkCurrent(ctx context.Context, sub submission, in app.GiveCurrentPassword) (app.Flow, error) {
	var id app.AccountID
	var changing bool
	look := func(f *flow) error {
		id, changing = f.rec.Account, f.purpose.keepsSession()
		if !changing {
			return nil
		}
		_, err := f.session()
		return err
	}
	return o.consider(ctx, sub, look, func() (app.Flow, error) {
		if !changing {
			return o.unlock(ctx, sub, id, in.Password)
		}
		account, err := o.Account(ctx, id)
		if err != nil {
			return o.directoryDown(ctx, sub, err)
		}
		p := o.newTry(passwordTry{account: account, known: true}, in.Password)
		return p.judge(ctx, sub, admitted, func(f *flow, verdict error) error {
			if verdict != nil {
				return p.settle(f, verdict)
			}
			if f.s.At, f.s.MustChange = atPassword, p.mustChange; f.changesByPerson() {
				o.present.keep(f.rec.ID, present{f.rec.Account, p.right(), f.rec.Expires})
			}
			return p.clear(f)
		})
	})
}

// endSessions ends the account's sessions; in a change all but the one that it was made in, which
// stands on the new password from now on.
func (f *flow) endSessions(stamp string) error {
	own, err := f.session()
	kept := f.purpose.keepsSession() && err == nil
	if err != nil && !core.IsRefusal(err) {
		return err
	}
	if _, err := f.tx.EndSessions(f.rec.Account, f.now); err != nil || !kept {
		return err
	}
	own.Stamp = stamp
	return f.tx.PutSession(own)
}
