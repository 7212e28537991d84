package backend

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

const (
	reloadEvery = 2 * time.Second // how soon an applied policy is in force
	retryPolicy = time.Minute     // when what could not be used is tried again: a file may be there by then
)

// trials remembers what was tried, so that it is not tried all the time.
type trials struct {
	what  string
	done  bool
	again time.Time
}

// due reports whether something is to be tried at now.
func (t *trials) due(what string, now time.Time) bool {
	if what == t.what && (t.done || now.Before(t.again)) {
		return false
	}
	*t = trials{what: what, again: now.Add(retryPolicy)}
	return true
}

// Reload takes up what the file that manages the policy says, and puts the newest version that can be used in force.
//
//	file changed? ─good──▶ added as a version        newest version is another than the one in force?
//	              └─bad──▶ log                        ├─ can be used ──▶ in force from the next operation on
//	                                                  └─ can't ──▶ log, audit (once), and the one before it, until the
//	                                                               one in force
func (b *Backend) Reload(ctx context.Context) error {
	b.reloading.Lock()
	defer b.reloading.Unlock()
	if b.c.PolicyFile != "" {
		if err := b.takeFile(ctx); err != nil {
			return err
		}
	}
	return b.takeNewest(ctx)
}

// watch reloads the policy every two seconds. It is on its own: a mail server that hangs must not keep a policy waiting.
func (b *Backend) watch(ctx context.Context) {
	tick := time.NewTicker(reloadEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := b.Reload(ctx); err != nil && ctx.Err() == nil {
			b.c.Log.Error("the policy could not be looked at", "error", err)
		}
	}
}

// takeFile adds what the file says as a version, where it is another than the newest and can be used. The file is read
// whole each time: a time stamp may stand still.
func (b *Backend) takeFile(ctx context.Context) error {
	document, err := policy.Read(b.c.PolicyFile)
	sum := sha256.Sum256(document)
	what := string(sum[:])
	if err != nil {
		what = err.Error()
	}
	if !b.file.due(what, b.now()) {
		return nil
	}
	v := port.PolicyVersion{Source: b.c.PolicyFile, Document: document, Hash: sum[:]}
	var r Resources
	if err == nil {
		_, r, err = OpenPolicy(b.c, v)
	}
	if err != nil {
		b.c.Log.Error("the policy's file can't be used; the policy stays as it is", "file", b.c.PolicyFile, "error", err)
		return nil
	}
	if err := r.close(); err != nil {
		return err
	}
	_, err = b.add(ctx, v, func(_ *tx, newest port.PolicyVersion) (bool, error) {
		return newest.Source != v.Source || !bytes.Equal(newest.Hash, v.Hash), nil
	})
	b.file.done = err == nil
	return err
}

// takeNewest puts the newest version that can be used in force, if that is another.
func (b *Backend) takeNewest(ctx context.Context) error {
	v, err := b.version(ctx, 0)
	now := b.policies.current().version
	if errors.Is(err, port.ErrNotFound) || err == nil && (v.Number == now || !b.newest.due(string(v.Hash)+versionReason(v), b.now())) {
		return nil
	}
	for err == nil && v.Number > now {
		p, r, unusable := OpenPolicy(b.c, v)
		if unusable == nil {
			b.c.Log.Info("the policy changed", "version", v.Number)
			return b.policies.replace(&inForce{Resources: r, version: v.Number, policy: p})
		}
		b.c.Log.Error("a version of the policy can't be used; the policy stays as it is", "version", v.Number, "error", unusable)
		if err := b.refusePolicy(ctx, v); err != nil {
			return err
		}
		if v.Number == 1 {
			return nil
		}
		v, err = b.version(ctx, v.Number-1)
	}
	return err
}

// version reads a version of the policy; 0 stands for the newest.
func (b *Backend) version(ctx context.Context, number int) (v port.PolicyVersion, err error) {
	err = b.view(ctx, func(tx *tx) (err error) {
		if number == 0 {
			v, err = tx.NewestPolicy()
		} else {
			v, err = tx.Policy(number)
		}
		return err
	})
	return v, err
}

// refusePolicy says in the audit trail, once, that a version can't be used.
func (b *Backend) refusePolicy(ctx context.Context, v port.PolicyVersion) error {
	return b.update(ctx, func(tx *tx) error {
		told, err := tx.Counter("policy.refused:" + versionReason(v))
		if err != nil || told.Count > 0 {
			return err
		}
		told.Count = 1
		if err := tx.PutCounter(told); err != nil {
			return err
		}
		return b.log(tx, port.AuditEntry{Action: "policy.refused", Result: resultFailed, Reason: versionReason(v)})
	})
}
