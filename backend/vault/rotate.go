package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/gofrs/flock"
)

// DataKey is what may be told of a data key.
type DataKey struct {
	ID     uint32
	Made   time.Time // zero: with the key file, or by an older program
	Active bool      // it seals what is sealed from now on
}

// DataKeys lists the keys of the file as it was read last, the oldest first.
func (v *Vault) DataKeys() []DataKey {
	v.mu.RLock()
	defer v.mu.RUnlock()
	all := make([]DataKey, len(v.file.Keys))
	for i, k := range v.file.Keys {
		all[i] = DataKey{ID: k.ID, Made: k.Made, Active: k.ID == v.active}
	}
	return all
}

// Current implements port.Sealer.
func (v *Vault) Current(sealed []byte) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	id, is := KeyOf(sealed)
	return is && id == v.active
}

// Refresh implements port.Sealer: where another file lies in the key file's place, it is read. ErrMaster where another master
// key wrapped its keys.
func (v *Vault) Refresh() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.from != nil {
		info, err := os.Stat(v.path)
		if err != nil {
			return fmt.Errorf("vault: look at the key file: %w", err)
		}
		if os.SameFile(info, v.from) && info.ModTime().Equal(v.from.ModTime()) && info.Size() == v.from.Size() {
			return nil
		}
	}
	return v.read()
}

func (v *Vault) read() error {
	file, from, err := read(v.path)
	if err != nil {
		return err
	}
	return v.load(file, from)
}

// Rotate makes a new data key and seals under it from now on; what was sealed before still opens. The key file is
// durable before the key is used. Other processes take the key over by Refresh.
func (v *Vault) Rotate(now time.Time) error {
	return v.change(func(file *keyFile) error {
		var last uint32
		for _, k := range file.Keys {
			last = max(last, k.ID)
		}
		wrapped, err := v.wrapNew(dataPlace(last + 1))
		if err != nil {
			return err
		}
		file.Keys = append(file.Keys, wrappedKey{ID: last + 1, Wrapped: wrapped, Made: now.UTC().Truncate(time.Second)})
		return nil
	})
}

// Drop takes data keys out of the file. What is sealed under them can't be opened again once no process knows them. The active
// one can't be dropped.
func (v *Vault) Drop(ids []uint32) error {
	return v.change(func(file *keyFile) error {
		if slices.Contains(ids, file.Keys[len(file.Keys)-1].ID) {
			return errors.New("vault: the active data key can't be dropped")
		}
		file.Keys = slices.DeleteFunc(file.Keys, func(k wrappedKey) bool { return slices.Contains(ids, k.ID) })
		return nil
	})
}

// lockFile ends the name of the file by which those who change the key file keep apart. It holds nothing.
const lockFile = ".lock"

// lockPatience is how long a change waits for another process's.
const lockPatience = 5 * time.Second

// change changes the key file as it lies, while no other process does, and goes on with what became of it.
func (v *Vault) change(how func(*keyFile) error) (err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	lock := flock.New(v.path+lockFile, flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, time.Millisecond); err != nil {
		return errors.Join(fmt.Errorf("vault: lock the key file: %w", err), lock.Close())
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := v.read(); err != nil {
		return err
	}
	next := v.file
	next.Keys = slices.Clone(next.Keys)
	if err := how(&next); err != nil {
		return err
	}
	if err := next.replace(v.path); err != nil {
		return err
	}
	return v.read()
}
