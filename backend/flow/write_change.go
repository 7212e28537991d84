package flow

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// A change by the person is made with the present password, which held on the page before. To the directory it is a guess all
// the same, which may be wrong by now, so it is admitted and settled as any: no way leads past what keeps the directory from
// locking.

// guess is the present password that goes along with a change, and what the directory made of it.
type guess struct {
	account  port.DirectoryAccount // as it was before the write
	present  app.Secret
	admitted limit.Admission
	came     limit.Verdict
}

// admit counts the guess ahead.
func (g *guess) admit(f *flow) (err error) {
	bound, keys := limit.GuessesAt(f.op.Policy(), g.account), f.op.GuessKeys(g.account)
	g.admitted, err = bound.Admit(f.tx, keys, f.now)
	if err != nil || g.admitted.Holds() {
		return err
	}
	_, at, err := bound.Opens(f.tx, keys, f.now)
	if err != nil {
		return err
	}
	return &app.Error{Code: app.CodeGuessesStopped, RetryAt: at}
}

// settle takes down what came of it.
func (g *guess) settle(f *flow) error {
	return limit.GuessesAt(f.op.Policy(), g.account).Settle(f.tx, f.op.GuessKeys(g.account), g.came, f.now)
}

// changesByPerson reports whether the new password is set by the person, who gave the present one. Where that one has to be
// changed, a directory may refuse its owner's change (Active Directory does over LDAP), so it is reset.
func (f *flow) changesByPerson() bool { return f.purpose.keepsSession() && !f.s.MustChange }

// askPresent leads back to the present password, which is not known any more, or is another one by now.
func (f *flow) askPresent() {
	f.s.At, f.s.Notice = atCurrent, &app.Notice{Code: app.NoticeCurrentAgain}
}
