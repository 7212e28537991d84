package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
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
		return app.TrailReport{Fault: err.Error()}, nil
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
		return nil, fmt.Errorf("the key that signs the audit trail's heads: %w", err)
	}
	heads, err := audit.ReadHeads(headsPath, seed)
	if err != nil {
		return nil, err
	}
	if len(heads) == 0 {
		return nil, fmt.Errorf("%s holds no head: nothing vouches for the audit trail", headsPath)
	}
	v := audit.NewVerifier(heads)
	err = store.ReadAudit(ctx, f.Database(), v.Next)
	if errors.Is(err, store.ErrOlder) {
		return nil, errors.New("an older version of Sparekey made this trial: open its window once, which takes over what is there, then verify again")
	}
	if err != nil {
		return nil, err
	}
	return v, v.End()
}
