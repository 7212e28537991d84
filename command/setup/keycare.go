package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// KeyUse says how a data key is used.
type KeyUse struct {
	vault.DataKey
	Known    bool // it is in the key file
	Values   int  // that are sealed under it
	Unopened int  // of these: they don't open
}

// KeysReport tells of the keys of a store, oldest first. No key is in it.
type KeysReport struct {
	Keys []KeyUse
	Odd  int // values that are sealed under no key at all
}

// Unopened counts what can't be read.
func (r KeysReport) Unopened() int {
	n := r.Odd
	for _, k := range r.Keys {
		n += k.Unopened
	}
	return n
}

// Unused are the keys of the file, but for the active one, under which nothing is sealed.
func (r KeysReport) Unused() (ids []uint32) {
	for _, k := range r.Keys {
		if k.Known && !k.Active && k.Values == 0 {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// behind counts the values that open and are sealed under another key than the active one.
func (r KeysReport) behind() int {
	n := 0
	for _, k := range r.Keys {
		if !k.Active {
			n += k.Values - k.Unopened
		}
	}
	return n
}

// survey counts the sealed values of a transaction, by key; open says whether each is opened as well.
func survey(tx port.Tx, keys *vault.Vault, open bool) (KeysReport, error) {
	var r KeysReport
	uses := map[uint32]*KeyUse{}
	err := store.EachSealed(tx, func(place string, sealed []byte) error {
		id, is := vault.KeyOf(sealed)
		if !is {
			r.Odd++
			return nil
		}
		use := uses[id]
		if use == nil {
			use = &KeyUse{DataKey: vault.DataKey{ID: id}}
			uses[id] = use
		}
		use.Values++
		if !open {
			return nil
		}
		plain, err := keys.Open(sealed, place)
		clear(plain)
		if err != nil {
			use.Unopened++
		}
		return nil
	})
	for _, k := range keys.DataKeys() {
		if uses[k.ID] == nil {
			uses[k.ID] = &KeyUse{}
		}
		uses[k.ID].DataKey, uses[k.ID].Known = k, true
	}
	for _, use := range uses {
		r.Keys = append(r.Keys, *use)
	}
	slices.SortFunc(r.Keys, func(a, b KeyUse) int { return int(int64(a.ID) - int64(b.ID)) })
	return r, err
}

// CheckKeys looks whether the master key opens the key file, and the data keys every value that is sealed. Nothing is written.
func CheckKeys(ctx context.Context, k Kept) (r KeysReport, err error) {
	at, err := k.asOwner()
	if err != nil {
		return r, err
	}
	keys, err := at.readKeys()
	if err != nil {
		return r, at.explain(err)
	}
	err = store.Read(ctx, at.database(), func(tx port.Tx) (err error) {
		r, err = survey(tx, keys, true)
		return err
	})
	if errors.Is(err, store.ErrOlder) {
		return r, errors.New(words.Text("command.kept.older"))
	}
	return r, at.explain(err)
}

// readKeys opens the keys, which must be there.
func (k keyFiles) readKeys() (*vault.Vault, error) {
	master, err := k.read(k.master)
	if err != nil {
		return nil, err
	}
	return vault.Open(k.wrapped(), master, rand.Reader)
}

// Rotated tells of a rotation.
type Rotated struct {
	Key    uint32 // that everything is sealed under now
	Begun  bool   // before: this one went on with it
	Moved  int    // values that were sealed anew
	Report KeysReport
}

// RotateKeys makes a new data key and seals everything under it, while a server or a window may be at work. Where an earlier call
// was cut short, it goes on with that one's key.
func RotateKeys(ctx context.Context, k Kept) (done Rotated, err error) {
	at, err := k.asOwner()
	if err != nil {
		return done, err
	}
	o, err := at.open(ctx)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	if done.Report, err = o.survey(ctx); err != nil {
		return done, err
	}
	if done.Begun = done.Report.behind() > 0; !done.Begun {
		if err := o.keys.Rotate(time.Now()); err != nil {
			return done, err
		}
	}
	if err := o.Reseal(ctx, done.step(ctx)); err != nil {
		return done, err
	}
	if done.Report, err = o.survey(ctx); err != nil {
		return done, err
	}
	for _, key := range done.Report.Keys {
		if key.Active {
			done.Key = key.ID
		}
	}
	if left := done.Report.behind(); left > 0 {
		return done, errors.New(words.Plural("command.keys.left", left))
	}
	return done, o.write(ctx, func(port.Tx) (port.AuditEntry, error) {
		return port.AuditEntry{Action: "keys.rotate", Reason: fmt.Sprintf("key_%d", done.Key)}, nil
	})
}

// mostRest bounds the rest after a step.
const mostRest = 50 * time.Millisecond

// step counts what was moved, and lets others have the writer for as long as the step took.
func (r *Rotated) step(ctx context.Context) func(int) error {
	begun := time.Now()
	return func(moved int) error {
		r.Moved += moved
		rest := time.NewTimer(min(time.Since(begun), mostRest))
		defer rest.Stop()
		select {
		case <-rest.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		begun = time.Now()
		return nil
	}
}

func (o *keptStore) survey(ctx context.Context) (r KeysReport, err error) {
	err = o.View(ctx, func(tx port.Tx) (err error) {
		r, err = survey(tx, o.keys, true)
		return err
	})
	return r, err
}
