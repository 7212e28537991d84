package sound

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// play gives the system's player a file: it takes no standard input. The folder is private, and goes in any case.
func play(ctx context.Context, s Sound) (err error) {
	path, missing := exec.LookPath("/usr/bin/afplay")
	if missing != nil {
		return ErrNoPlayer
	}
	dir, err := os.MkdirTemp("", "sparekey-") // mode 0700
	if err != nil {
		return fmt.Errorf("sound: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "speech.wav")
	if err := os.WriteFile(file, s.WAV, 0o600); err != nil {
		return fmt.Errorf("sound: %w", err)
	}
	if err := exec.CommandContext(ctx, path, file).Run(); err != nil {
		return fmt.Errorf("sound: afplay: %w", err)
	}
	return nil
}
