package desktop

import (
	"math"
	"os"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/command/desktop/screen"
)

// What the toolkit reads of the environment when it makes a window: a factor, and whether it may measure the monitor.
const (
	scaleVariable     = "FYNE_SCALE"
	unmeasureVariable = "FYNE_DISABLE_DPI_DETECTION"
)

// room is how large a window may be on this screen, in units; zero where that is not known: a window that is too large is
// better than none.
func room() (size fyne.Size, err error) {
	if s, unknown := screen.Find(); unknown == nil {
		scale, err := settleScale(s)
		return fyne.NewSize(s.Room(scale)), err
	}
	return fyne.Size{}, nil
}

// settleScale gives how many pixels a unit will take. What the person has set for the whole desktop it hands to the
// toolkit, unless FYNE_SCALE says something else.
func settleScale(s screen.Screen) (float32, error) {
	own := os.Getenv(scaleVariable)
	if own == "" && s.Wanted > 0 {
		scale := rounded(s.Wanted)
		if err := os.Setenv(unmeasureVariable, "true"); err != nil {
			return 0, err
		}
		return scale, os.Setenv(scaleVariable, strconv.FormatFloat(float64(scale), 'f', -1, 32))
	}
	if factor, err := strconv.ParseFloat(own, 32); err == nil && factor > 0 {
		return rounded(s.Scale * float32(factor)), nil
	}
	return rounded(s.Scale), nil
}

// rounded is a scale in tenths, as the toolkit takes it.
func rounded(scale float32) float32 { return max(0.1, float32(math.Round(float64(scale*10)))/10) }
