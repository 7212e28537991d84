package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
)

// SettleSamplePeople puts the sample organisation's people into a server's store and local directory before its first start; another
// directory has to have all of SampleDirectoryPeople.
// Everybody knows their passwords: no command does this, only programs for tests and for a lab
// (docs/adr/0044-a-lab-is-no-account-of-a-server.md).
func SettleSamplePeople(ctx context.Context, plan *ServerPlan, parts ServerParts) error {
	return settle(ctx, plan, parts, func(d port.Directory, s port.Store) error {
		seeding := trial.Seeding{Store: s, Methods: methods(), Rand: rand.Reader, Clock: systemClock{}}
		if own, is := d.(*local.Directory); is {
			seeding.Directory = sampleDirectory{own}
		} else {
			seeding.Find = func(ctx context.Context, userID string) (app.AccountID, error) {
				account, err := d.Find(ctx, userID)
				return account.ID, err
			}
		}
		return trial.Seed(ctx, seeding)
	})
}

// settle has people put where a server keeps them. It refuses a server that was started before, whatever is in it.
func settle(ctx context.Context, plan *ServerPlan, parts ServerParts, put func(port.Directory, port.Store) error) (err error) {
	if exists(plan.keys.database()) {
		return fmt.Errorf("people are settled on a server of their own, and %s is in use", plan.keys.data)
	}
	release, err := plan.keys.claimServer()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	sealer, err := openKeys(plan.keys)
	if err != nil {
		return err
	}
	heads, err := openHeads(plan.keys)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, heads.Close()) }()
	kept, err := store.Open(ctx, plan.keys.database(), sealer)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	if parts.Clock == nil {
		parts.Clock = systemClock{}
	}
	first := plan.directories[0]
	directory, err := directories[first.Kind].open(ctx, plan, parts, first)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, directory.close()) }()
	return put(directory.Directory, kept)
}
