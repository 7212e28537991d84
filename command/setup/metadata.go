package setup

import (
	"time"

	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/methods/securitykey"
)

// maxMetadata is the largest list of models that is read, in bytes; the real one has some megabytes.
const maxMetadata = 64 << 20

// readMetadata reads the list of security keys' models that a policy names.
func readMetadata(file string) (*securitykey.Metadata, error) {
	list, err := files.ReadText(file, maxMetadata)
	if err != nil {
		return nil, err
	}
	root, err := securitykey.FIDORoot()
	if err != nil {
		return nil, err
	}
	return securitykey.ReadMetadata(list, root, time.Now())
}
