package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// VerifyTrail implements app.Trail. Nothing is written.
func (a administration) VerifyTrail(ctx context.Context) (app.TrailReport, error) {
	heads := a.heads
	if heads == "" {
		heads = a.folders.Heads()
	}
	v, err := verifyTrail(ctx, a.folders, heads)
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
func verifyTrail(ctx context.Context, f Folders, headsPath string) (*audit.Verifier, error) {
	seed, err := vault.ReadMaster(f.AuditKey(), f.Data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", words.Text("command.audit.key"), err)
	}
	heads, err := audit.ReadHeads(headsPath, seed)
	var wrong app.Problem
	if errors.As(err, &wrong) {
		return nil, errors.New(words.ProblemIn(headsPath, wrong))
	}
	if err != nil {
		return nil, err
	}
	if len(heads) == 0 {
		return nil, errors.New(words.Text("command.audit.no_head", words.Values{"file": headsPath}))
	}
	v := audit.NewVerifier(heads)
	err = store.ReadAudit(ctx, f.Database(), v.Next)
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
