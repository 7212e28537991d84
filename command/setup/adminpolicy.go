package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

// History implements app.Policies. Where the backend is not open, the version in force is the newest that this build can
// use, as the backend would find it.
func (a administration) History(ctx context.Context) (app.PolicyHistory, error) {
	if a.service != nil {
		return a.service.History(asOperator(ctx))
	}
	var h app.PolicyHistory
	var versions []port.PolicyVersion
	err := a.read(ctx, func(tx port.Tx) (err error) {
		if h.File, err = tx.PolicyFile(); err != nil {
			return err
		}
		versions, err = tx.Policies()
		return err
	})
	if err != nil {
		return app.PolicyHistory{}, err
	}
	for _, v := range versions {
		if h.InForce == 0 {
			if _, _, err := usable(v); err == nil {
				h.InForce = v.Number
			}
		}
		v.Document = nil
		h.Versions = append(h.Versions, app.PolicyVersion(v))
	}
	return h, nil
}

// Version implements app.Policies.
func (a administration) Version(ctx context.Context, number int) (app.PolicyVersion, error) {
	if a.service != nil {
		return a.service.Version(asOperator(ctx), number)
	}
	if number == 0 {
		h, err := a.History(ctx)
		if err == nil && h.InForce == 0 {
			err = &app.Error{Code: app.CodeNoVersion}
		}
		if err != nil {
			return app.PolicyVersion{}, err
		}
		number = h.InForce
	}
	var v port.PolicyVersion
	err := a.read(ctx, func(tx port.Tx) (err error) {
		v, err = tx.Policy(number)
		if errors.Is(err, port.ErrNotFound) {
			err = &app.Error{Code: app.CodeNoVersion}
		}
		return err
	})
	return app.PolicyVersion(v), err
}

// CheckPolicy implements app.Policies.
func (a administration) CheckPolicy(ctx context.Context, draft app.PolicyDraft) (app.PolicyVerdict, error) {
	if a.service == nil {
		return app.PolicyVerdict{}, errOnlyRead
	}
	return a.service.CheckPolicy(asOperator(ctx), draft)
}

// ApplyPolicy implements app.Policies.
func (a administration) ApplyPolicy(ctx context.Context, draft app.PolicyDraft) (app.PolicyVerdict, error) {
	if a.service == nil {
		return app.PolicyVerdict{}, errOnlyRead
	}
	return a.service.ApplyPolicy(asOperator(ctx), draft)
}

// read reads the trial's store, without writing anything.
func (a administration) read(ctx context.Context, do func(port.Tx) error) error {
	err := store.Read(ctx, a.folders.Database(), do)
	var known *app.Error
	switch {
	case errors.Is(err, store.ErrOlder):
		return errors.New(words.Text("command.trial.older"))
	case errors.Is(err, store.ErrNewer):
		return errors.New(words.Text("command.trial.newer"))
	case err != nil && !errors.As(err, &known):
		return fmt.Errorf("%s: %w", words.Text("command.trial.unreadable"), err)
	}
	return err
}
