//go:build !linux && !darwin && !windows

package sound

import "context"

func play(context.Context, Sound) error { return ErrNoPlayer }
