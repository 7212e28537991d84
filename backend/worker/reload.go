package worker

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

const (
	reloadEvery = 2 * time.Second // how soon an applied policy is in force
	retryPolicy = time.Minute     // when what could not be used is tried again: a file may be there by then
)

// retryMemo remembers what was tried, so that it is not tried all the time.
type retryMemo struct {
	what  string
	done  bool
	again time.Time
}

// due reports whether something is to be tried at now.
func (t *retryMemo) due(what string, now time.Time) bool {
	if what == t.what && (t.done || now.Before(t.again)) {
		return false
	}
	*t = retryMemo{what: what, again: now.Add(retryPolicy)}
	return true
}

// Reload takes up what the file that manages the policy says, and puts the newest version that can be used in force.
//
//	file changed? ─good──▶ added as a version        newest version is another than the one in force?
//	              └─bad──▶ log                        ├─ can be used ──▶ in force from the next operation on
//	                                                  └─ can't ──▶ log, audit (once), and the one before it, until the
//	                                                               one in force
func (w *Worker) Reload(ctx context.Context) error {
	w.reloading.Lock()
	defer w.reloading.Unlock()
	if w.core.PolicyFile != "" {
		if err := w.takeFile(ctx); err != nil {
			return err
		}
	}
	return w.takeNewest(ctx)
}

// watch reloads the policy every two seconds. It is on its own: a mail server that hangs must not keep a policy waiting.
func (w *Worker) watch(ctx context.Context) {
	tick := time.NewTicker(reloadEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := w.Reload(ctx); err != nil && ctx.Err() == nil {
			w.core.Log.Error("the policy could not be looked at", "error", err)
		}
	}
}

// takeFile adds what the file says as a version, where it is another than the newest and can be used. The file is read
// whole each time: a time stamp may stand still.
func (w *Worker) takeFile(ctx context.Context) error {
	document, err := policy.Read(w.core.PolicyFile)
	sum := sha256.Sum256(document)
	what := string(sum[:])
	if err != nil {
		what = err.Error()
	}
	if !w.file.due(what, w.core.Now()) {
		return nil
	}
	v := port.PolicyVersion{Source: w.core.PolicyFile, Document: document, Hash: sum[:]}
	var r core.Resources
	if err == nil {
		_, r, err = core.OpenPolicy(w.core.Config, v)
	}
	if err != nil {
		w.core.Log.Error("the policy's file can't be used; the policy stays as it is", "file", w.core.PolicyFile, "error", err)
		return nil
	}
	if err := r.CloseAll(); err != nil {
		return err
	}
	_, err = w.core.AddPolicy(ctx, v, func(_ *core.Tx, newest port.PolicyVersion) (bool, error) {
		return newest.Source != v.Source || !bytes.Equal(newest.Hash, v.Hash), nil
	})
	w.file.done = err == nil
	return err
}

// takeNewest puts the newest version that can be used in force, if that is another.
func (w *Worker) takeNewest(ctx context.Context) error {
	v, err := w.core.ReadPolicy(ctx, 0)
	now := w.core.PolicyVersion()
	if errors.Is(err, port.ErrNotFound) || err == nil && (v.Number == now || !w.newest.due(string(v.Hash)+core.VersionReason(v), w.core.Now())) {
		return nil
	}
	for err == nil && v.Number > now {
		p, r, unusable := core.OpenPolicy(w.core.Config, v)
		if unusable == nil {
			err = w.core.PutInForce(v.Number, p, r)
			w.core.Log.Info("the policy changed", "version", v.Number)
			for _, note := range r.Notes {
				w.core.Log.Warn("the policy names something that is not all it should be", "version", v.Number, "note", note)
			}
			return err
		}
		w.core.Log.Error("a version of the policy can't be used; the policy stays as it is", "version", v.Number, "error", unusable)
		if err := w.refusePolicy(ctx, v); err != nil {
			return err
		}
		if v.Number == 1 {
			return nil
		}
		v, err = w.core.ReadPolicy(ctx, v.Number-1)
	}
	return err
}

// found notes whether a file manages the policy, and else adds the policy that comes with the program: to a store that
// has none, or has the one of another version of the program.
func (w *Worker) found(ctx context.Context) error {
	own := port.PolicyVersion{Document: policy.Effective(w.core.Policy)}
	sum := sha256.Sum256(own.Document)
	own.Hash = sum[:]
	_, err := w.core.AddPolicy(ctx, own, func(tx *core.Tx, newest port.PolicyVersion) (bool, error) {
		file, err := tx.PolicyFile()
		if err == nil && file != w.core.PolicyFile {
			err = tx.SetPolicyFile(w.core.PolicyFile)
		}
		return w.core.PolicyFile == "" && newest.Source == "" && !bytes.Equal(newest.Hash, own.Hash), err
	})
	return err
}

// refusePolicy says in the audit trail, once, that a version can't be used.
func (w *Worker) refusePolicy(ctx context.Context, v port.PolicyVersion) error {
	return w.core.Update(ctx, func(tx *core.Tx) error {
		told, err := tx.Counter("policy.refused:" + core.VersionReason(v))
		if err != nil || told.Count > 0 {
			return err
		}
		told.Count = 1
		if err := tx.PutCounter(told); err != nil {
			return err
		}
		return tx.Log(port.AuditEntry{Action: "policy.refused", Result: core.Failed, Reason: core.VersionReason(v)})
	})
}
