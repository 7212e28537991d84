package setup

import (
	"os"
	"time"

	"github.com/sparekey/sparekey/app"
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
		return nil, app.NewProblem("", "file_large", "file", file, "most", maxMetadata>>20, "unit", "MiB")
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
