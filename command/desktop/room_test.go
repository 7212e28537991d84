package desktop

import (
	"os"
	"testing"

	"github.com/sparekey/sparekey/command/desktop/screen"
)

func TestTheScaleIsTheDesktopsUnlessItIsSetForTheToolkit(t *testing.T) {
	for _, c := range []struct {
		name  string
		s     screen.Screen
		own   string
		scale float32
		left  string // in FYNE_SCALE
	}{
		{"nothing is set", screen.Screen{Scale: 1}, "", 1, ""},
		{"the toolkit measures", screen.Screen{Scale: 1.54}, "", 1.5, ""},
		{"Xft.dpi is 192", screen.Screen{Scale: 1, Wanted: 2}, "", 2, "2"},
		{"Xft.dpi is 120, which the toolkit takes in tenths", screen.Screen{Scale: 1.6, Wanted: 1.25}, "", 1.3, "1.3"},
		{"Xft.dpi is 96", screen.Screen{Scale: 1.6, Wanted: 1}, "", 1, "1"},
		{"FYNE_SCALE is set", screen.Screen{Scale: 1, Wanted: 2}, "1.5", 1.5, "1.5"},
		{"FYNE_SCALE multiplies what is measured", screen.Screen{Scale: 1.5, Wanted: 1}, "2", 3, "2"},
		{"FYNE_SCALE makes no sense", screen.Screen{Scale: 1.2}, "large", 1.2, "large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(scaleVariable, c.own)
			t.Setenv(unmeasureVariable, "")
			scale, err := settleScale(c.s)
			if got := os.Getenv(scaleVariable); err != nil || scale != c.scale || got != c.left {
				t.Errorf("scale %v, FYNE_SCALE %q, %v", scale, got, err)
			}
			if measured := os.Getenv(unmeasureVariable) == ""; measured != (c.own != "" || c.s.Wanted == 0) {
				t.Errorf("the toolkit measures beside it: %v", measured)
			}
		})
	}
}
