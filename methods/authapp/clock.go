package authapp

import (
	"math"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/app"
)

// explain says why a new app's code is not one of now: CodeClock where it is one of some minutes before or after, since the
// app's clock is off then, or the code was typed late. Whoever registers an app has its secret on the screen, so neither the
// reason nor the try that it spares helps anybody to guess. nil where the code is none of the app's.
func (s seed) explain(now time.Time, digits string) error {
	step, matched, err := s.match(now, drift, digits)
	if err != nil || !matched {
		return err
	}
	off := time.Unix(step*period+period/2, 0).Sub(now) // as of the middle of the step
	side := "ahead"
	if off < 0 {
		side = "behind"
	}
	halves := math.Round(math.Abs(off.Seconds()) / period)
	return &app.Error{Code: app.CodeClock, Field: "code", Params: map[string]string{
		"side": side, "seconds": strconv.Itoa(int(halves) * period),
	}}
}
