// Package vault seals what the store keeps: envelope encryption with AES-256-GCM under data keys, which a master key
// wraps. A stolen database alone decrypts nothing; neither does a stolen database with its key file, without the master
// key.
//
// A sealed value is
//
//	version (1 byte, 1) | data key ID (4 bytes, big endian) | nonce (12 bytes) | ciphertext | tag (16 bytes)
//
// and its associated data is the place where it is kept, so that a value moved to another row or column does not open.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const (
	version    = 1
	keySize    = 32
	headerSize = 1 + 4
	nonceSize  = 12
)

// The failures of opening. None says more than its name: what was sealed stays out of every error.
var (
	ErrFormat = errors.New("vault: not a sealed value")
	ErrKey    = errors.New("vault: sealed under a data key that is not here")
	ErrForged = errors.New("vault: altered, or moved from another place")
	ErrMaster = errors.New("vault: the master key does not open the key file")
)

// Vault is the port.Sealer. It is safe for concurrent use.
type Vault struct {
	path   string
	random io.Reader
	master cipher.AEAD

	mu     sync.RWMutex
	file   keyFile
	from   os.FileInfo            // of which file they are
	data   map[uint32]cipher.AEAD // a key that was dropped since is kept: there may be snapshots with what it sealed
	active uint32
	index  *sync.Pool // of HMACs under the index key
}

var _ port.Sealer = (*Vault)(nil)

// Create makes a key file at path with one data key and an index key, and opens it; an error that is fs.ErrExist when
// there is one.
// random must be safe for concurrent use, as crypto/rand.Reader is.
func Create(path string, master app.Secret, random io.Reader) (*Vault, error) {
	v, err := newVault(path, master, random)
	if err != nil {
		return nil, err
	}
	index, err := v.wrapNew(indexPlace)
	if err != nil {
		return nil, err
	}
	first, err := v.wrapNew(dataPlace(1))
	if err != nil {
		return nil, err
	}
	file := keyFile{Version: version, Index: index, Keys: []wrappedKey{{ID: 1, Wrapped: first}}}
	if err := file.create(path); err != nil {
		return nil, err
	}
	return v, v.Refresh()
}

// Open reads the key file at path: an error that is fs.ErrNotExist when there is none, ErrMaster when master is not the
// key that it was made with.
func Open(path string, master app.Secret, random io.Reader) (*Vault, error) {
	v, err := newVault(path, master, random)
	if err != nil {
		return nil, err
	}
	return v, v.Refresh()
}

func newVault(path string, master app.Secret, random io.Reader) (*Vault, error) {
	aead, err := newAEAD([]byte(master.Reveal()))
	if err != nil {
		return nil, fmt.Errorf("vault: master key: %w", err)
	}
	return &Vault{path: path, random: random, master: aead, data: make(map[uint32]cipher.AEAD)}, nil
}

// Seal encrypts plain for its place under the active data key. Nonces are random, so a data key is good for 2^32 values
// (NIST SP 800-38D, 8.3): Rotate long before.
func (v *Vault) Seal(plain []byte, place string) ([]byte, error) {
	v.mu.RLock()
	id, aead := v.active, v.data[v.active]
	v.mu.RUnlock()
	out := make([]byte, headerSize, headerSize+nonceSize+len(plain)+aead.Overhead())
	out[0] = version
	binary.BigEndian.PutUint32(out[1:], id)
	return v.encrypt(aead, out, plain, place)
}

// Open decrypts what Seal made for the same place: ErrFormat, ErrKey or ErrForged otherwise. A key that it does not know may
// be one that another process has made: Open looks.
func (v *Vault) Open(sealed []byte, place string) ([]byte, error) {
	id, is := KeyOf(sealed)
	if !is {
		return nil, ErrFormat
	}
	aead, known := v.key(id)
	if !known {
		if err := v.Refresh(); err != nil {
			return nil, errors.Join(ErrKey, err)
		}
		if aead, known = v.key(id); !known {
			return nil, ErrKey
		}
	}
	return decrypt(aead, sealed[headerSize:], place)
}

func (v *Vault) key(id uint32) (cipher.AEAD, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	aead, known := v.data[id]
	return aead, known
}

// KeyOf gives the ID of the data key that a value is sealed under; false where it is no sealed value.
func KeyOf(sealed []byte) (uint32, bool) {
	if len(sealed) < headerSize || sealed[0] != version {
		return 0, false
	}
	return binary.BigEndian.Uint32(sealed[1:]), true
}

// Index is HMAC-SHA-256 under a key of its own, which rotation leaves as it is. The purpose is set off by its length,
// so that no two pairs of purpose and value are the same message.
func (v *Vault) Index(purpose, value string) []byte {
	v.mu.RLock()
	pool := v.index
	v.mu.RUnlock()
	mac := pool.Get().(hash.Hash)
	defer pool.Put(mac)
	mac.Reset()
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(purpose)))
	mac.Write(length[:])
	mac.Write([]byte(purpose))
	mac.Write([]byte(value))
	return mac.Sum(nil)
}

// wrapNew draws a key and wraps it under the master key.
func (v *Vault) wrapNew(place string) ([]byte, error) {
	key := make([]byte, keySize)
	defer clear(key)
	if _, err := io.ReadFull(v.random, key); err != nil {
		return nil, fmt.Errorf("vault: draw a key: %w", err)
	}
	return v.encrypt(v.master, nil, key, place)
}

// load unwraps every key of a file and makes its last data key the active one. Whoever calls it holds the mutex.
func (v *Vault) load(file keyFile, from os.FileInfo) error {
	index, err := decrypt(v.master, file.Index, indexPlace)
	if err != nil {
		return ErrMaster
	}
	for _, k := range file.Keys {
		key, err := decrypt(v.master, k.Wrapped, dataPlace(k.ID))
		if err != nil {
			return ErrMaster
		}
		aead, err := newAEAD(key)
		if err != nil {
			return fmt.Errorf("vault: data key %d: %w", k.ID, err)
		}
		clear(key)
		v.data[k.ID] = aead
	}
	v.file, v.from = file, from
	v.index = &sync.Pool{New: func() any { return hmac.New(sha256.New, index) }}
	v.active = file.Keys[len(file.Keys)-1].ID
	return nil
}

// encrypt appends a nonce and the ciphertext to out.
func (v *Vault) encrypt(aead cipher.AEAD, out, plain []byte, place string) ([]byte, error) {
	var nonce [nonceSize]byte
	if _, err := io.ReadFull(v.random, nonce[:]); err != nil {
		return nil, fmt.Errorf("vault: draw a nonce: %w", err)
	}
	out = append(out, nonce[:]...)
	return aead.Seal(out, nonce[:], plain, []byte(place)), nil
}

func decrypt(aead cipher.AEAD, sealed []byte, place string) ([]byte, error) {
	if len(sealed) < nonceSize+aead.Overhead() {
		return nil, ErrFormat
	}
	plain, err := aead.Open(nil, sealed[:nonceSize], sealed[nonceSize:], []byte(place))
	if err != nil {
		return nil, ErrForged
	}
	return plain, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("%d bytes, want %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

const indexPlace = "sparekey vault index key"

func dataPlace(id uint32) string { return fmt.Sprintf("sparekey vault data key|%d", id) }
