//go:build !windows

package vault

import (
	"errors"
	"fmt"
	"os"
)

// syncFolder makes the names in a folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("vault: sync the folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("vault: sync the folder: %w", err)
	}
	return nil
}

// readableByOthers reports whether the mode lets anyone but the owner in.
func readableByOthers(mode os.FileMode) bool { return mode.Perm()&0o077 != 0 }
