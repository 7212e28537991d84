// Package screen knows the screen that a window opens on: how much of it windows may take, and how large the person wants
// things drawn.
package screen

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Screen is what a window opens on.
type Screen struct {
	Width, Height int // of what panels and docks leave of it, in pixels
	// Scale is how many pixels the toolkit has a unit take by itself; never 0.
	Scale float32
	// Wanted is the scale that the person has set where the toolkit doesn't look: by Xft.dpi, in the X resources. 0 for none.
	Wanted float32
}

// ErrUnknown says that this system does not tell of its screens.
var ErrUnknown = errors.New("the screen is not known")

// What a window's frame takes, in units: its title and its borders.
const (
	frameHeight = 40
	frameWidth  = 8
)

// Room is the most that a window's content may take, in units of so many pixels.
func (s Screen) Room(scale float32) (width, height float32) {
	return float32(s.Width)/scale - frameWidth, float32(s.Height)/scale - frameHeight
}

// rect is a part of the desktop, in pixels.
type rect struct{ left, top, right, bottom int }

func (r rect) holds(x, y int) bool { return x >= r.left && x < r.right && y >= r.top && y < r.bottom }

// within is what of r lies in area; r itself where nothing does.
func (r rect) within(area rect) rect {
	both := rect{max(r.left, area.left), max(r.top, area.top), min(r.right, area.right), min(r.bottom, area.bottom)}
	if both.left >= both.right || both.top >= both.bottom {
		return r
	}
	return both
}

// dotsOf reads Xft.dpi of X resources ("Xft.dpi:	120"): dots to an inch, 0 where it is not set or makes no sense.
func dotsOf(resources string) float64 {
	for line := range strings.Lines(resources) {
		name, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) != "Xft.dpi" {
			continue
		}
		if dots, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && dots >= 48 && dots <= 960 {
			return dots
		}
	}
	return 0
}

// measured is the scale that the toolkit finds by itself for a monitor of so many pixels and millimetres: one at 120 dots to
// an inch and below, and where the millimetres make no sense.
func measured(pixels, millimetres int) float32 {
	dots := float64(pixels) / (float64(millimetres) / 25.4)
	if dots > 1000 || dots < 120 || math.IsNaN(dots) {
		return 1
	}
	return float32(dots / 120)
}
