// Package backup is the file of a backup: a tar archive, encrypted to recipients of age (age-encryption.org/v1), with a manifest
// first and then the files that it lists. So "age -d -i KEY FILE | tar -x" takes it apart, too. It knows nothing of what the files
// are, and no key of theirs.
package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/sparekey/sparekey/app/files"
)

// Format is the version of the form that Write gives a backup.
const Format = 1

// Manifest says what is in a backup.
type Manifest struct {
	Format  int       `json:"format"`
	Program string    `json:"program"` // version of the program that made it
	Made    time.Time `json:"made"`
	Schema  int64     `json:"schema"` // version of the store's schema
	Trail   Trail     `json:"trail"`
	Keys    []KeyUse  `json:"keys"` // data keys that a restore needs; none of them is in the backup
	Files   []File    `json:"files"`
}

// Trail is where the audit trail ended.
type Trail struct {
	Seq  int64  `json:"seq"`
	Hash []byte `json:"hash"`
}

// KeyUse is how many values are sealed under a data key.
type KeyUse struct {
	ID     uint32 `json:"id"`
	Values int    `json:"values"`
}

// File is one of a backup's.
type File struct {
	Name   string `json:"name"` // without a folder
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex
}

// The ways in which a file is no backup that can be read.
var (
	ErrIdentity = errors.New("backup: encrypted to somebody else")
	ErrDamaged  = errors.New("backup: it is damaged, or cut short")
	ErrFormat   = errors.New("backup: a newer program made it")
)

const manifestName = "manifest.json"

// mostManifest bounds the manifest, in bytes.
const mostManifest = 1 << 20

// mostKeys bounds a file of recipients or identities, in bytes.
const mostKeys = 1 << 20

// Recipient is one for whom a backup is encrypted.
type Recipient = age.Recipient

// Recipients reads recipients of age: one in the text, or a file of them, one on a line.
func Recipients(text string) ([]Recipient, error) {
	if !strings.HasPrefix(text, "age1") {
		raw, err := files.ReadText(text, mostKeys)
		if err != nil {
			return nil, err
		}
		text = string(raw)
	}
	return age.ParseRecipients(strings.NewReader(text))
}

// Identities reads a file of identities of age, as age-keygen makes it.
func Identities(path string) ([]age.Identity, error) {
	raw, err := files.ReadText(path, mostKeys)
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	return age.ParseIdentities(strings.NewReader(string(raw)))
}

// Describe fills in size and hash of each file of a manifest. open gives a file by its name.
func (m *Manifest) Describe(open func(name string) (io.ReadCloser, error)) error {
	for i := range m.Files {
		f, err := open(m.Files[i].Name)
		if err != nil {
			return err
		}
		sum := sha256.New()
		m.Files[i].Size, err = io.Copy(sum, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		m.Files[i].SHA256 = hex.EncodeToString(sum.Sum(nil))
	}
	return nil
}

// Write writes a backup of the files that a manifest describes.
func Write(w io.Writer, to []Recipient, m Manifest, open func(name string) (io.ReadCloser, error)) error {
	sealed, err := age.Encrypt(w, to...)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	archive := tar.NewWriter(sealed)
	m.Format = Format
	head, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := add(archive, m, manifestName, int64(len(head)), strings.NewReader(string(head))); err != nil {
		return err
	}
	for _, file := range m.Files {
		f, err := open(file.Name)
		if err != nil {
			return err
		}
		err = add(archive, m, file.Name, file.Size, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	if err := errors.Join(archive.Close(), sealed.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

func add(archive *tar.Writer, m Manifest, name string, size int64, content io.Reader) error {
	err := archive.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: m.Made, Format: tar.FormatPAX})
	if err == nil {
		_, err = io.CopyN(archive, content, size)
	}
	if err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	return nil
}

// Read takes a backup apart: each file goes to what into gives for its name. Nothing of it may be used before Read has returned
// nil. ErrIdentity, ErrFormat or ErrDamaged where it can't be read; other errors are those of into and of reading.
func Read(r io.Reader, by []age.Identity, into func(name string) (io.WriteCloser, error)) (m Manifest, err error) {
	opened, err := age.Decrypt(r, by...)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return m, ErrIdentity
	}
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	archive := tar.NewReader(opened)
	if m, err = readManifest(archive); err != nil {
		return m, err
	}
	for _, file := range m.Files {
		if err := take(archive, file, into); err != nil {
			return m, err
		}
	}
	if _, err := archive.Next(); !errors.Is(err, io.EOF) {
		return m, broken("something is behind its files", err)
	}
	if _, err := io.Copy(io.Discard, opened); err != nil { // the end is authenticated as well
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return m, nil
}

func readManifest(archive *tar.Reader) (m Manifest, err error) {
	head, err := archive.Next()
	if err != nil || head.Name != manifestName || head.Size > mostManifest {
		return m, broken("it does not begin with a manifest", err)
	}
	if err := json.NewDecoder(archive).Decode(&m); err != nil {
		return m, broken("its manifest", err)
	}
	if m.Format > Format {
		return m, ErrFormat
	}
	var names []string
	for _, f := range m.Files {
		if f.Name == "" || f.Name == manifestName || strings.ContainsAny(f.Name, `/\:`) || strings.HasPrefix(f.Name, ".") || slices.Contains(names, f.Name) {
			return m, broken(fmt.Sprintf("it lists %q", f.Name), nil)
		}
		names = append(names, f.Name)
	}
	return m, nil
}

// take reads the next file, which must be the one that is described.
func take(archive *tar.Reader, file File, into func(name string) (io.WriteCloser, error)) error {
	head, err := archive.Next()
	if err != nil || head.Name != file.Name || head.Size != file.Size || head.Typeflag != tar.TypeReg {
		return broken(file.Name+" is not as the manifest says", err)
	}
	w, err := into(file.Name)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(w, sum), damaged{archive})
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != file.SHA256 {
		return broken(file.Name+" is not as the manifest says", nil)
	}
	return nil
}

// broken is ErrDamaged, with what is wrong; err may be nil.
func broken(what string, err error) error {
	if err == nil {
		return fmt.Errorf("%w: %s", ErrDamaged, what)
	}
	return fmt.Errorf("%w: %s: %w", ErrDamaged, what, err)
}

// damaged tells a backup that can't be read from a file that can't be written.
type damaged struct{ io.Reader }

// Read implements io.Reader.
func (d damaged) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}
