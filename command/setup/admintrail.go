package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/store"
)

// VerifyTrail implements app.Trail.
func (a administration) VerifyTrail(ctx context.Context) (app.TrailReport, error) {
	keys := a.folders.keyFiles()
	if a.heads != "" {
		keys.heads = a.heads
	}
	return trail{keys}.VerifyTrail(ctx)
}

// trail is the audit trail of a store, for reading alone.
type trail struct{ keys keyFiles }

// VerifyTrail implements app.Trail. Nothing is written.
func (t trail) VerifyTrail(ctx context.Context) (app.TrailReport, error) {
	v, err := verifyTrail(ctx, t.keys)
	var fault *audit.Break
	if errors.As(err, &fault) {
		found := fault.Problem()
		return app.TrailReport{Fault: &found}, nil
	}
	if err != nil {
		return app.TrailReport{}, err
	}
	entries, vouched := v.Sums()
	return app.TrailReport{Entries: entries, Vouched: vouched}, nil
}

// verifyTrail holds the trail against its heads.
func verifyTrail(ctx context.Context, k keyFiles) (*audit.Verifier, error) {
	seed, err := k.read(k.audit)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", words.Text("command.audit.key"), err)
	}
	heads, err := audit.ReadHeads(k.heads, seed)
	var wrong app.Problem
	if errors.As(err, &wrong) {
		return nil, errors.New(words.ProblemIn(k.heads, wrong))
	}
	if err != nil {
		return nil, err
	}
	if len(heads) == 0 {
		return nil, errors.New(words.Text("command.audit.no_head", words.Values{"file": k.heads}))
	}
	v := audit.NewVerifier(heads)
	err = store.ReadAudit(ctx, k.database(), v.Next)
	if errors.Is(err, store.ErrOlder) {
		return nil, errors.New(words.Text("command.trial.older_trail"))
	}
	if errors.Is(err, store.ErrNewer) {
		return nil, errors.New(words.Text("command.trial.newer"))
	}
	if err != nil {
		return nil, err
	}
	return v, v.End()
}
