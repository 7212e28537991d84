package sound

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
)

// players are tried in this order: the sound servers', which mix, then ALSA's own. Each reads from standard input.
func players(rate string) [][]string {
	return [][]string{
		{"paplay", "--raw", "--format=s16le", "--channels=1", "--rate=" + rate},
		{"pw-play", "--raw", "--format=s16", "--channels=1", "--rate=" + rate, "-"},
		{"aplay", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", rate, "-"},
	}
}

func play(ctx context.Context, s Sound) error {
	err := ErrNoPlayer
	for _, p := range players(strconv.Itoa(s.Rate)) {
		path, missing := exec.LookPath(p[0])
		if missing != nil {
			continue
		}
		c := exec.CommandContext(ctx, path, p[1:]...)
		c.Stdin = bytes.NewReader(s.Samples)
		failed := c.Run()
		if failed == nil || ctx.Err() != nil {
			return nil
		}
		err = fmt.Errorf("sound: %s: %w", p[0], failed)
	}
	return err
}
