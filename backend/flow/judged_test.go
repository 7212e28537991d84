package flow

import (
	"errors"
	"testing"

	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// TestWhatTheDirectoryMadeOfAGuess: where it judged no password, none was wrong.
func TestWhatTheDirectoryMadeOfAGuess(t *testing.T) {
	for verdict, want := range map[error]limit.Verdict{
		nil: limit.Right, port.ErrPassword: limit.Counted, port.ErrNoPassword: limit.Counted, port.ErrLocked: limit.Unjudged,
		port.ErrDisabled: limit.Unjudged, port.ErrAccountExpired: limit.Unjudged, errors.New("no answer"): limit.Unknown,
	} {
		if got := judgedAs(verdict); got != want {
			t.Errorf("%v: %v, want %v", verdict, got, want)
		}
	}
}
