package setup

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

// Health is what a Sparekey knows of what it stands on.
type Health = backend.Health

// TrialHealth looks at this person's trial at now, for reading alone; there is none where found is false.
func TrialHealth(ctx context.Context, now time.Time) (h Health, found bool, err error) {
	folders, err := profileFolders()
	if err != nil {
		return h, false, nil // without a profile nothing is kept
	}
	return healthOf(ctx, folders, now)
}

// healthOf looks at a trial; one of another version is none that can be judged.
func healthOf(ctx context.Context, f Folders, now time.Time) (h Health, found bool, err error) {
	if _, err := os.Stat(f.Database()); err != nil {
		return h, false, nil
	}
	err = store.Read(ctx, f.Database(), func(tx port.Tx) (err error) {
		h, err = backend.ReadHealth(tx, now)
		return err
	})
	if errors.Is(err, store.ErrOlder) || errors.Is(err, store.ErrNewer) {
		return h, false, nil
	}
	return h, err == nil, err
}
