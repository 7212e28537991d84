package local

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Rules implements port.Directory.
func (d *Directory) Rules(ctx context.Context, id app.AccountID) (port.PasswordRules, error) {
	r, err := d.person(ctx, id)
	if err != nil {
		return port.PasswordRules{}, err
	}
	rules := port.PasswordRules{MinLength: d.config.MinLength, History: d.config.History, ChangeFrom: r.settled(d.config)}
	if d.config.ResetsToo {
		rules.ResetFrom = rules.ChangeFrom
	}
	return rules, nil
}

// ChangePassword implements port.Directory. It counts a wrong present password as Verify does, and refuses without a rule's
// name where the account can't sign in.
func (d *Directory) ChangePassword(ctx context.Context, id app.AccountID, present, password app.Secret) error {
	return d.setPassword(ctx, id, password, func(r record) error {
		if err := d.checkPresent(ctx, r, present); err != nil {
			return err
		}
		return d.checkAge(r)
	})
}

// checkPresent judges what is said to be the present password.
func (d *Directory) checkPresent(ctx context.Context, r record, present app.Secret) error {
	if present.Empty() || r.password == "" {
		return port.ErrPassword
	}
	right, err := d.match(ctx, r.password, present)
	if err != nil {
		return err
	}
	err = d.judge(ctx, r, right)
	switch {
	case errors.Is(err, port.ErrMustChange):
		return nil
	case errors.Is(err, port.ErrLocked), errors.Is(err, port.ErrDisabled), errors.Is(err, port.ErrAccountExpired):
		return &port.Refusal{}
	}
	return err
}

// checkAge refuses while the present password is too young.
func (d *Directory) checkAge(r record) error {
	if d.config.Clock.Now().Before(r.settled(d.config)) {
		return &port.Refusal{Rule: "age"}
	}
	return nil
}

// settled is when the password is old enough to be changed; zero where it is at once.
func (r record) settled(config Config) time.Time {
	if config.MinAge <= 0 || r.changedAt == 0 || r.mustChange(config) {
		return time.Time{}
	}
	return time.UnixMicro(r.changedAt).Add(config.MinAge).UTC()
}
