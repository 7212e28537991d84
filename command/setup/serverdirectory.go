package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
)

// openedDirectory is a directory that is in use.
type openedDirectory struct {
	port.Directory
	close func() error
}

// directories are the kinds that a server may have: who opens each from the settings.
var directories = map[string]func(context.Context, *ServerPlan, ServerParts) (openedDirectory, error){
	"local": openLocal,
}

func directoryKinds() []string { return slices.Sorted(maps.Keys(directories)) }

// openLocal opens a directory in a file of its own, beside the store.
func openLocal(ctx context.Context, p *ServerPlan, parts ServerParts) (openedDirectory, error) {
	path := p.settings.Directory.File
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.keys.data, path)
	}
	d, err := local.Open(ctx, path, localConfig(parts.Clock, parts.Hasher, p.settings.Directory.Domain))
	if err != nil {
		return openedDirectory{}, err
	}
	return openedDirectory{d, d.Close}, nil
}

// localConfig is how a local directory behaves: as many do. Hashes take turns, so that a crowd takes the memory of a few.
func localConfig(clock port.Clock, hasher local.Hasher, domain string) local.Config {
	if hasher == nil {
		hasher = local.DefaultArgon2(rand.Reader)
	}
	return local.Config{
		Clock: clock, Hasher: hasher, Parallel: port.HashesAtOnce(),
		Threshold: 15, LockFor: 30 * time.Minute, Window: 30 * time.Minute, History: 10, MinLength: 8, Domain: domain,
	}
}

// nobodysName is a user ID that nobody has. Asking for it shows whether the directory answers.
const nobodysName = "sparekey-readiness"

// checkDirectory asks the directory something.
func checkDirectory(ctx context.Context, d port.Directory) error {
	_, err := d.Find(ctx, nobodysName)
	if errors.Is(err, port.ErrNotFound) {
		return nil
	}
	return err
}
