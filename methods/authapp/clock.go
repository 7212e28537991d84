package authapp

import (
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
	side, steps := "ahead", step-stepAt(now)
	if steps < 0 {
		side, steps = "behind", -steps
	}
	return &app.Error{Code: app.CodeClock, Field: "code", Params: map[string]string{
		"side": side, "seconds": strconv.FormatInt(steps*period, 10),
	}}
}
