package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sparekey/sparekey/app"
)

// ErrExposed means that the master key's file is not one to trust: others may read it, or it lies among the data that it
// protects.
var ErrExposed = errors.New("vault: master key file is exposed")

// NewMaster draws a master key: 32 random bytes.
func NewMaster(random io.Reader) (app.Secret, error) {
	key := make([]byte, keySize)
	defer clear(key)
	if _, err := io.ReadFull(random, key); err != nil {
		return app.Secret{}, fmt.Errorf("vault: draw a master key: %w", err)
	}
	return app.NewSecret(string(key)), nil
}

// CreateMaster writes a new master key, 32 raw bytes, to a file that only its owner may read. It refuses to replace one.
func CreateMaster(path string, random io.Reader) (app.Secret, error) {
	master, err := NewMaster(random)
	if err != nil {
		return app.Secret{}, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return app.Secret{}, fmt.Errorf("vault: folder of the master key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return app.Secret{}, fmt.Errorf("vault: create the master key: %w", err)
	}
	if err := writeSynced(file, []byte(master.Reveal())); err != nil {
		return app.Secret{}, fmt.Errorf("vault: write the master key: %w", err)
	}
	return master, syncFolder(filepath.Dir(path))
}

// ReadMaster reads a master key. ErrExposed when group or others may read the file, or when it lies in the data folder,
// whose backups would then carry the key with what it locks.
func ReadMaster(path, dataFolder string) (app.Secret, error) {
	if err := outside(path, dataFolder); err != nil {
		return app.Secret{}, err
	}
	return readMaster(path, func(info fs.FileInfo) error {
		if readableByOthers(info.Mode()) {
			return fmt.Errorf("%w: %s has mode %04o, want 0600", ErrExposed, path, info.Mode().Perm())
		}
		return nil
	})
}

// ReadCredential reads a master key that the service manager hands to this service alone, in a folder that nobody else
// reaches. The modes there say nothing: where an access list lets the service in, its mask stands in the group's place
// (acl(5)).
func ReadCredential(path string) (app.Secret, error) {
	return readMaster(path, func(fs.FileInfo) error { return nil })
}

func readMaster(path string, trust func(fs.FileInfo) error) (app.Secret, error) {
	file, err := os.Open(path)
	if err != nil {
		return app.Secret{}, fmt.Errorf("vault: open the master key: %w", err)
	}
	defer func() { _ = file.Close() }() // read only: nothing to lose
	info, err := file.Stat()
	if err != nil {
		return app.Secret{}, fmt.Errorf("vault: look at the master key: %w", err)
	}
	if err := trust(info); err != nil {
		return app.Secret{}, err
	}
	raw, err := io.ReadAll(io.LimitReader(file, keySize+1))
	if err != nil {
		return app.Secret{}, fmt.Errorf("vault: read the master key: %w", err)
	}
	defer clear(raw)
	if len(raw) != keySize {
		return app.Secret{}, fmt.Errorf("vault: master key %s: want exactly %d bytes", path, keySize)
	}
	return app.NewSecret(string(raw)), nil
}

// outside refuses a file that lies in the folder, symbolic links followed.
func outside(path, folder string) error {
	file, err := realPath(path)
	if err != nil {
		return fmt.Errorf("vault: find the master key: %w", err)
	}
	folder, err = realPath(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // nothing lies in it
	}
	if err != nil {
		return fmt.Errorf("vault: find the data folder: %w", err)
	}
	if strings.HasPrefix(file, strings.TrimSuffix(folder, string(filepath.Separator))+string(filepath.Separator)) {
		return fmt.Errorf("%w: %s lies in the data folder", ErrExposed, path)
	}
	return nil
}

func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}
