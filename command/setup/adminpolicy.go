package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

// History implements app.Policies. Where the backend is not open, the version in force is the newest that this build can
// use, as the backend would find it.
func (a administration) History(ctx context.Context) (app.PolicyHistory, error) {
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
	if a.trial != nil {
		h.InForce = a.trial.Service.PolicyVersion()
	}
	for _, v := range versions {
		if a.trial == nil && h.InForce == 0 {
			if _, err := usable(v); err == nil {
				h.InForce = v.Number
			}
		}
		listed := policyVersion(v)
		listed.Document = nil
		h.Versions = append(h.Versions, listed)
	}
	return h, nil
}

// Version implements app.Policies.
func (a administration) Version(ctx context.Context, number int) (app.PolicyVersion, error) {
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
	return policyVersion(v), err
}

// CheckPolicy implements app.Policies.
func (a administration) CheckPolicy(ctx context.Context, draft app.PolicyDraft) (app.PolicyVerdict, error) {
	p, err := policy.Parse(draft.Source, draft.Document)
	if err != nil {
		return problemsOf(err)
	}
	if err := a.trial.Service.Reload(ctx); err != nil {
		return app.PolicyVerdict{}, err
	}
	stranded, err := a.trial.Service.Stranded(ctx, p)
	return app.PolicyVerdict{Stranded: stranded}, err
}

// ApplyPolicy implements app.Policies.
func (a administration) ApplyPolicy(ctx context.Context, draft app.PolicyDraft) (app.PolicyVerdict, error) {
	verdict, err := a.CheckPolicy(ctx, draft)
	if err != nil || len(verdict.Problems) > 0 || verdict.Stranded > 0 && !draft.Strand {
		return verdict, err
	}
	verdict.Number, err = a.trial.Service.Apply(ctx, backend.Application{
		Document: draft.Document, Source: draft.Source, By: draft.By, Comment: draft.Comment, After: draft.After,
	})
	var managed *backend.ManagedError
	switch {
	case err == nil:
		return verdict, nil
	case errors.As(err, &managed):
		err = &app.Error{Code: app.CodePolicyManaged, Params: map[string]string{"file": managed.File}, Cause: err}
	case errors.Is(err, backend.ErrPolicyMoved):
		err = &app.Error{Code: app.CodePolicyMoved, Cause: err}
	default:
		return problemsOf(err)
	}
	return app.PolicyVerdict{}, err
}

// read reads the trial's store, without writing anything.
func (a administration) read(ctx context.Context, do func(port.Tx) error) error {
	err := store.Read(ctx, a.folders.Database(), do)
	var known *app.Error
	switch {
	case errors.Is(err, store.ErrOlder):
		return errors.New(words.Text("command.trial.older"))
	case err != nil && !errors.As(err, &known):
		return fmt.Errorf("%s: %w", words.Text("command.trial.unreadable"), err)
	}
	return err
}

func policyVersion(v port.PolicyVersion) app.PolicyVersion {
	return app.PolicyVersion{Number: v.Number, At: v.At, By: v.By, Source: v.Source, Comment: v.Comment, Hash: v.Hash, Document: v.Document}
}

// problemsOf is the verdict on a document with problems; another error stays one.
func problemsOf(err error) (app.PolicyVerdict, error) {
	var found *config.Problems
	if !errors.As(err, &found) {
		return app.PolicyVerdict{}, err
	}
	var verdict app.PolicyVerdict
	for _, p := range found.List {
		verdict.Problems = append(verdict.Problems, sentence(p.Line, p.Key, p.Reason))
	}
	return verdict, nil
}
