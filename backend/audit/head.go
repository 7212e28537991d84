package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/backend/port"
)

// Head says that at some time the trail ended with this entry. Whoever lacks the key can't make one, so entries that it
// vouches for can neither be cut off nor computed anew without notice.
type Head struct {
	Seq  int64     `json:"seq"`  // number of the entry; 0 for an empty trail
	Hash []byte    `json:"hash"` // its hash; null for an empty trail
	At   time.Time `json:"at"`   // the entry's time
	Sig  []byte    `json:"sig"`  // Ed25519 (RFC 8032) over the line without it
}

// headDomain sets what is signed here off from whatever else the key might sign.
const headDomain = "sparekey audit head\n"

// signed is what the signature is over: the head's line up to the last member.
func (h Head) signed() []byte {
	h.Sig, h.At = nil, h.At.UTC()
	if len(h.Hash) == 0 {
		h.Hash = nil // null, whatever the store made of it
	}
	line, err := json.Marshal(h)
	if err != nil {
		panic("audit: " + err.Error()) // a year past 9999: no clock says that
	}
	line = append(bytes.TrimSuffix(line, []byte(`,"sig":null}`)), '}')
	return append([]byte(headDomain), line...)
}

// Heads is the port.Heads: a file of heads, one JSON object on a line. It is safe for concurrent use, also beside other
// processes that keep heads in the same file: a lock file beside it holds them apart.
type Heads struct {
	mu   sync.Mutex
	file *os.File
	lock *flock.Flock
	key  ed25519.PrivateKey
}

var _ port.Heads = (*Heads)(nil)

// LockFile is the file by which those who write to a file of heads keep apart. It holds nothing.
func LockFile(path string) string { return path + ".lock" }

// lockPatience is how long a head waits for another process to write one.
const lockPatience = 5 * time.Second

// OpenHeads opens the file of heads, which must be there, for more of them. seed is 32 random bytes.
func OpenHeads(path string, seed app.Secret) (*Heads, error) {
	key, err := signingKey(seed)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("audit: open the heads: %w", err)
	}
	return &Heads{file: file, lock: flock.New(LockFile(path), flock.SetPermissions(0o600)), key: key}, nil
}

// dropTorn drops a last line that a kill or a power failure cut short. Whoever calls it holds the lock: a line that
// somebody is about to write looks the same.
func dropTorn(file *os.File) error {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, info.Size()-1); err != nil || last[0] == '\n' {
		return err
	}
	data := make([]byte, info.Size())
	if _, err := file.ReadAt(data, 0); err != nil {
		return err
	}
	return file.Truncate(int64(bytes.LastIndexByte(data, '\n') + 1))
}

func signingKey(seed app.Secret) (ed25519.PrivateKey, error) {
	raw := []byte(seed.Reveal())
	defer clear(raw)
	if len(raw) != ed25519.SeedSize {
		return nil, fmt.Errorf("audit: the signing key has %d bytes, want %d", len(raw), ed25519.SeedSize)
	}
	return ed25519.NewKeyFromSeed(raw), nil
}

// Sign implements port.Heads. The head is on the disk when it returns nil.
func (h *Heads) Sign(last port.AuditEntry) error {
	head := Head{Seq: last.Seq, Hash: last.Hash, At: last.At.UTC()}
	head.Sig = ed25519.Sign(h.key, head.signed())
	line, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("audit: write a head: %w", err)
	}
	if err := h.add(append(line, '\n')); err != nil {
		return fmt.Errorf("audit: write a head: %w", err)
	}
	return nil
}

// add adds a line behind the last whole one.
func (h *Heads) add(line []byte) (err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	if _, err := h.lock.TryLockContext(ctx, time.Millisecond); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.lock.Unlock()) }()
	if err := dropTorn(h.file); err != nil {
		return err
	}
	if _, err := h.file.Write(line); err != nil {
		return err
	}
	return h.file.Sync()
}

// Close closes the file.
func (h *Heads) Close() error { return errors.Join(h.file.Close(), h.lock.Close()) }

// ReadHeads reads a file of heads and checks each signature. An error names the line of the first that is not one of
// this key's; a last line that was cut short is left out. A file that is no text is an app.Problem.
func ReadHeads(path string, seed app.Secret) ([]Head, error) {
	key, err := signingKey(seed)
	if err != nil {
		return nil, err
	}
	public, _ := key.Public().(ed25519.PublicKey)
	return readHeads(path, func(h Head) bool { return ed25519.Verify(public, h.signed(), h.Sig) })
}

// ReadUnverifiedHeads is ReadHeads for who has no key: the signatures are not checked, and so anybody may have written the file.
func ReadUnverifiedHeads(path string) ([]Head, error) {
	return readHeads(path, func(Head) bool { return true })
}

func readHeads(path string, good func(Head) bool) ([]Head, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("audit: read the heads: %w", err)
	}
	if data, err = files.Text(data); err != nil {
		return nil, err
	}
	var heads []Head
	for line := range bytes.Lines(data[:bytes.LastIndexByte(data, '\n')+1]) {
		var h Head
		if json.Unmarshal(line, &h) != nil || !writable(h.At) || !good(h) {
			return nil, fmt.Errorf("audit: %s:%d: not a head that this key signed", path, len(heads)+1)
		}
		heads = append(heads, h)
	}
	return heads, nil
}

// WriteHeads writes heads as a file has them.
func WriteHeads(w io.Writer, heads []Head) error {
	lines := json.NewEncoder(w)
	for _, h := range heads {
		if err := lines.Encode(h); err != nil {
			return fmt.Errorf("audit: write a head: %w", err)
		}
	}
	return nil
}
