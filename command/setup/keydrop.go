package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// errNothing ends a transaction in which there was nothing to do.
var errNothing = errors.New("nothing to do")

// DropKeys takes the data keys out of the key file under which nothing is sealed any more, and gives their IDs. Backups that were
// made before can't be read without them.
func DropKeys(ctx context.Context, k Kept) (dropped []uint32, err error) {
	at, err := k.asOwner()
	if err != nil {
		return nil, err
	}
	o, err := at.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	err = o.write(ctx, func(tx port.Tx) (port.AuditEntry, error) { // nobody seals anything meanwhile
		r, err := survey(tx, o.keys, false)
		if err != nil {
			return port.AuditEntry{}, err
		}
		if dropped = r.Unused(); len(dropped) == 0 {
			return port.AuditEntry{}, errNothing
		}
		return port.AuditEntry{Action: "keys.drop", Reason: fmt.Sprintf("keys_%d_to_%d", dropped[0], dropped[len(dropped)-1])}, o.keys.Drop(dropped)
	})
	if errors.Is(err, errNothing) {
		err = nil
	}
	return dropped, err
}

// Rewrapped says which files a change of the master key is about.
type Rewrapped struct{ KeyFile, Master string }

// RewrapKeys wraps the data keys under the master key in another file, while nobody is at work. It is for the caller to put that
// file in the place of the former one.
func RewrapKeys(ctx context.Context, k Kept, next string) (r Rewrapped, err error) {
	at, err := k.there(true)
	if err != nil {
		return r, err
	}
	master, err := vault.ReadMaster(next, at.data)
	if err != nil {
		return r, err
	}
	if at, err = k.asOwner(); err != nil {
		return r, err
	}
	release, err := at.claimAlone(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, release()) }()
	keys, err := at.readKeys()
	if err != nil {
		return r, at.explain(err)
	}
	o := &keptStore{keys: keys}
	defer func() { err = errors.Join(err, o.Close()) }()
	if o.heads, err = openHeads(at.keyFiles); err != nil {
		return r, err
	}
	o.close = append(o.close, o.heads.Close)
	if o.Store, err = store.Open(ctx, at.database(), keys); err != nil {
		return r, at.explain(err)
	}
	o.close = append(o.close, o.Store.Close)
	return Rewrapped{KeyFile: at.wrapped(), Master: at.master.path}, o.write(ctx, func(port.Tx) (port.AuditEntry, error) {
		return port.AuditEntry{Action: "keys.rewrap"}, keys.Rewrap(master)
	})
}
