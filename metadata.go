package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/methods/securitykey"
)

// maxMetadata is the largest list of models that is read, in bytes; the real one has some megabytes.
const maxMetadata = 64 << 20

// openMetadata reads the list of security keys' models that the policy at path names; nil when it names none. The error
// names the policy's line.
func openMetadata(path string, p policy.Policy) (*securitykey.Metadata, error) {
	if p.SecurityKey.Metadata == "" {
		return nil, nil
	}
	list, err := readMetadata(filepath.Join(filepath.Dir(path), p.SecurityKey.Metadata))
	if err != nil {
		return nil, policy.Blame(path, "security_key.metadata", err)
	}
	return list, nil
}

func readMetadata(file string) (*securitykey.Metadata, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxMetadata {
		return nil, fmt.Errorf("%s is larger than %d MiB", file, maxMetadata>>20)
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
