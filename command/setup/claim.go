package setup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/assets/words"
)

// claimPatience is how long to wait for a process that is just closing the trial, or taking it away.
const claimPatience = 2 * time.Second

// claim takes the lock on the trial: one that many processes share who have it open, or one alone who takes it away. It lies
// beside the data and stays. The error says who is in the way.
func (f Folders) claim(ctx context.Context, take func(*flock.Flock, context.Context, time.Duration) (bool, error)) (*flock.Flock, error) {
	if err := os.MkdirAll(filepath.Dir(f.Data), 0o700); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, claimPatience)
	defer cancel()
	lock := flock.New(f.Data+".lock", flock.SetPermissions(0o600))
	taken, err := take(lock, ctx, 20*time.Millisecond)
	if taken {
		return lock, nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New(words.Text("command.try.open"))
	}
	return nil, errors.Join(err, lock.Close())
}
