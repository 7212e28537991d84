package page

import (
	"math"
	"strconv"
	"strings"
)

// defaultAccent is the product's own colour.
const defaultAccent = "#1F5F8B"

// dress puts the organisation's colour into a style, and the ink that is read on it.
func dress(style, colour string) string {
	rgb, is := parse(colour)
	if !is {
		colour = defaultAccent
		rgb, _ = parse(colour)
	}
	return strings.NewReplacer("ACCENT", colour, "INK", ink(rgb)).Replace(style)
}

// parse reads "#RRGGBB": it stands in a style, so nothing else gets in.
func parse(colour string) (rgb [3]float64, is bool) {
	if len(colour) != 7 || colour[0] != '#' {
		return rgb, false
	}
	for i := range rgb {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return rgb, false
		}
		rgb[i] = float64(n) / 255
	}
	return rgb, true
}

// ink is white or black, whichever has the greater contrast on a colour (WCAG 2.2, relative luminance).
func ink(rgb [3]float64) string {
	linear := func(c float64) float64 {
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	l := 0.2126*linear(rgb[0]) + 0.7152*linear(rgb[1]) + 0.0722*linear(rgb[2])
	if 1.05/(l+0.05) >= (l+0.05)/0.05 {
		return "#ffffff"
	}
	return "#000000"
}
