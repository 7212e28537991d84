package vault

import (
	"crypto/cipher"
	"fmt"

	"github.com/sparekey/sparekey/app"
)

// Rewrap wraps every key of the file under another master key, and goes on with that. Who opens the file afterwards needs the new
// one; another process that has it open can't take anything over from it any more, and seals nothing. What is sealed stays as it
// is.
func (v *Vault) Rewrap(master app.Secret) error {
	next, err := newAEAD([]byte(master.Reveal()))
	if err != nil {
		return fmt.Errorf("vault: master key: %w", err)
	}
	var before cipher.AEAD
	err = v.change(func(file *keyFile) (err error) {
		if file.Index, err = v.wrapAnew(next, file.Index, indexPlace); err != nil {
			return err
		}
		for i, k := range file.Keys {
			if file.Keys[i].Wrapped, err = v.wrapAnew(next, k.Wrapped, dataPlace(k.ID)); err != nil {
				return err
			}
		}
		before, v.master = v.master, next
		return nil
	})
	if err != nil && before != nil { // the file is as it was
		v.mu.Lock()
		v.master = before
		v.mu.Unlock()
	}
	return err
}

func (v *Vault) wrapAnew(next cipher.AEAD, wrapped []byte, place string) ([]byte, error) {
	key, err := decrypt(v.master, wrapped, place)
	if err != nil {
		return nil, ErrMaster
	}
	defer clear(key)
	return v.encrypt(next, nil, key, place)
}
