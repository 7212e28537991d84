package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
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

// Heads is the port.Heads: a file of heads, one JSON object on a line. It is safe for concurrent use.
type Heads struct {
	mu   sync.Mutex
	file *os.File
	key  ed25519.PrivateKey
}

var _ port.Heads = (*Heads)(nil)

// OpenHeads opens the file of heads, which must be there, for more of them. seed is 32 random bytes. A last line that a
// power failure cut short is dropped.
func OpenHeads(path string, seed app.Secret) (*Heads, error) {
	key, err := signingKey(seed)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, fmt.Errorf("audit: open the heads: %w", err)
	}
	if err := dropTorn(file); err != nil {
		return nil, errors.Join(fmt.Errorf("audit: open the heads: %w", err), file.Close())
	}
	return &Heads{file: file, key: key}, nil
}

func dropTorn(file *os.File) error {
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	if whole == len(data) {
		return nil
	}
	return file.Truncate(int64(whole))
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
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, err := h.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("audit: write a head: %w", err)
	}
	if err := h.file.Sync(); err != nil {
		return fmt.Errorf("audit: write a head: %w", err)
	}
	return nil
}

// Close closes the file.
func (h *Heads) Close() error { return h.file.Close() }

// ReadHeads reads a file of heads and checks each signature. An error names the line of the first that is not one of
// this key's; a last line that was cut short is left out.
func ReadHeads(path string, seed app.Secret) ([]Head, error) {
	key, err := signingKey(seed)
	if err != nil {
		return nil, err
	}
	public, _ := key.Public().(ed25519.PublicKey)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("audit: read the heads: %w", err)
	}
	var heads []Head
	for line := range bytes.Lines(data[:bytes.LastIndexByte(data, '\n')+1]) {
		var h Head
		if json.Unmarshal(line, &h) != nil || !writable(h.At) || !ed25519.Verify(public, h.signed(), h.Sig) {
			return nil, fmt.Errorf("audit: %s:%d: not a head that this key signed", path, len(heads)+1)
		}
		heads = append(heads, h)
	}
	return heads, nil
}
