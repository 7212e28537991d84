// Package sound plays speech by what the operating system has for it. Nothing of it stays behind: on Linux it goes to the
// player's standard input, on Windows it stays in memory, on macOS it lies in a folder of its own while it plays.
package sound

import (
	"context"
	"errors"
)

// ErrNoPlayer means that nothing here can play.
var ErrNoPlayer = errors.New("sound: no player")

// Sound is PCM: mono, 16 bits, little endian.
type Sound struct {
	Rate    int // samples a second
	Samples []byte
	WAV     []byte // the same as a file
}

// Play plays a sound to its end, or until ctx ends. ErrNoPlayer where nothing can; any other error is the player's.
func Play(ctx context.Context, s Sound) error {
	err := play(ctx, s)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
