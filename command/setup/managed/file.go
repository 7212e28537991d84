package managed

import (
	"errors"
	"io/fs"

	"github.com/sparekey/sparekey/app/config"
)

// maxFile is the most that a file may have, in bytes.
const maxFile = 256 << 10

// loadFile reads a file by read, where there is one, and has decode put what it holds into into.
func loadFile(path string, read func(string) ([]byte, error), into any, decode func(path string, data []byte, into any) error) (string, error) {
	data, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return path, err
	}
	return path, decode(path, data, into)
}

// decodeTOML reads a settings file.
func decodeTOML(path string, data []byte, into any) error { return config.Decode(path, data, into) }
