package screen

import (
	"math"
	"testing"
)

func TestRoomLeavesTheFrameItsOwn(t *testing.T) {
	for _, c := range []struct {
		width, height int
		scale         float32
		w, h          float32
	}{
		{800, 600, 1, 792, 560},
		{1366, 768, 1.3, 1042.8, 550.8},
		{3840, 2160, 2, 1912, 1040},
	} {
		w, h := Screen{Width: c.width, Height: c.height}.Room(c.scale)
		if math.Abs(float64(w-c.w)) > 0.1 || math.Abs(float64(h-c.h)) > 0.1 {
			t.Errorf("%d x %d at %v has room for %v x %v", c.width, c.height, c.scale, w, h)
		}
	}
}

func TestDotsOf(t *testing.T) {
	for resources, want := range map[string]float64{
		"Xft.dpi:\t120\n": 120,
		"Xcursor.size:\t24\nXft.dpi: 144.5\nXft.hinting:\t1\n": 144.5,
		"Xft.dpi:\t96": 96,
		"":             0, "Xft.dpi:\n": 0, "Xft.dpi: many": 0, "Xft.dpi: 0": 0, "Xft.dpi: -96": 0, "Xft.dpi: NaN": 0, "XXft.dpi: 120": 0, "Xft.dpi: 96000": 0,
	} {
		if got := dotsOf(resources); got != want {
			t.Errorf("%q: %v, want %v", resources, got, want)
		}
	}
}

func TestMeasured(t *testing.T) {
	for _, c := range []struct {
		pixels, millimetres int
		want                float32
	}{
		{1920, 520, 1}, {3840, 340, 2.39}, {1920, 0, 1}, {0, 0, 1}, {3840, 16, 1},
	} {
		if got := measured(c.pixels, c.millimetres); math.Abs(float64(got-c.want)) > 0.01 {
			t.Errorf("%d pixels on %d mm: %v", c.pixels, c.millimetres, got)
		}
	}
}

func TestWithin(t *testing.T) {
	left, right := rect{0, 0, 1366, 768}, rect{1366, 0, 3286, 1080}
	if got, want := right.within(rect{0, 28, 3286, 1080}), (rect{1366, 28, 3286, 1080}); got != want {
		t.Errorf("below a panel: %v", got)
	}
	if got := left.within(rect{}); got != left {
		t.Errorf("within nothing: %v", got)
	}
}
