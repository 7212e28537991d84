package setup

import (
	"errors"
	"os"
	"time"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/methods/securitykey"
)

// maxMetadata is the largest list of models that is read, in bytes; the real one has some megabytes.
const maxMetadata = 64 << 20

// readMetadata reads the list of security keys' models that a policy names.
func readMetadata(file string) (*securitykey.Metadata, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxMetadata {
		return nil, errors.New(words.Text("command.resources.too_large", words.Values{"file": file, "limit": maxMetadata >> 20}))
	}
	list, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	root, err := securitykey.FIDORoot()
	if err != nil {
		return nil, err
	}
	return securitykey.ReadMetadata(list, root, time.Now())
}
