package kit

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
)

// The colours of the kit, looked up in the theme like Fyne's own.
const (
	ColorBackground  fyne.ThemeColorName = "background"
	ColorSurface     fyne.ThemeColorName = "kit.surface"
	ColorInk         fyne.ThemeColorName = "kit.ink"
	ColorMuted       fyne.ThemeColorName = "kit.muted"
	ColorLine        fyne.ThemeColorName = "kit.line"
	ColorEdge        fyne.ThemeColorName = "kit.edge" // the outline of what one types into
	ColorPrimary     fyne.ThemeColorName = "kit.primary"
	ColorOnPrimary   fyne.ThemeColorName = "kit.onPrimary"
	ColorSoft        fyne.ThemeColorName = "kit.soft"
	ColorWarning     fyne.ThemeColorName = "kit.warning"
	ColorWarningSoft fyne.ThemeColorName = "kit.warningSoft"
	ColorDanger      fyne.ThemeColorName = "kit.danger"
	ColorDangerSoft  fyne.ThemeColorName = "kit.dangerSoft"
	ColorSuccess     fyne.ThemeColorName = "kit.success"
	ColorSuccessSoft fyne.ThemeColorName = "kit.successSoft"
)

// Least contrasts, by WCAG 2.2 success criteria 1.4.3 and 1.4.11.
const (
	textContrast  = 4.5
	shapeContrast = 3.0
)

type palette map[fyne.ThemeColorName]color.NRGBA

func lightPalette() palette {
	return palette{
		ColorBackground: rgb(0xF5F4F0), ColorSurface: rgb(0xFFFFFF), ColorInk: rgb(0x1B232D),
		ColorMuted: rgb(0x5C6774), ColorLine: rgb(0xE2DFD8), ColorEdge: rgb(0x868C8A),
		ColorPrimary: rgb(0x0B6B66), ColorOnPrimary: rgb(0xFFFFFF), ColorSoft: rgb(0xE2F0EE),
		ColorWarning: rgb(0x9A4B06), ColorWarningSoft: rgb(0xFBEFDD),
		ColorDanger: rgb(0xB3261E), ColorDangerSoft: rgb(0xFBE9E7),
		ColorSuccess: rgb(0x1B7A3D), ColorSuccessSoft: rgb(0xE6F3EA),
	}
}

func darkPalette() palette {
	return palette{
		ColorBackground: rgb(0x13171B), ColorSurface: rgb(0x1B2127), ColorInk: rgb(0xE8ECF0),
		ColorMuted: rgb(0x9AA5B1), ColorLine: rgb(0x2C343C), ColorEdge: rgb(0x66707A),
		ColorPrimary: rgb(0x52C2B8), ColorOnPrimary: rgb(0x08201E), ColorSoft: rgb(0x17332F),
		ColorWarning: rgb(0xF0B66B), ColorWarningSoft: rgb(0x33270F),
		ColorDanger: rgb(0xF2867E), ColorDangerSoft: rgb(0x3A1F1E),
		ColorSuccess: rgb(0x6CCB8B), ColorSuccessSoft: rgb(0x17301F),
	}
}

// withPrimary derives both palettes from an organisation's colour. The colour
// itself serves in light; in dark it is lightened until it can be read.
func withPrimary(hex string) (light, dark palette, err error) {
	light, dark = lightPalette(), darkPalette()
	if hex == "" {
		return light, dark, nil
	}
	primary, err := parseHex(hex)
	if err != nil {
		return nil, nil, err
	}
	if got := Contrast(primary, light[ColorBackground]); got < textContrast {
		return nil, nil, fmt.Errorf("kit: primary colour %s has a contrast of %.1f to 1 on the light background, text needs 4.5 to 1", hex, got)
	}
	light.setPrimary(primary, light[ColorSurface])
	for Contrast(primary, dark[ColorSurface]) < 6 {
		primary = mix(primary, rgb(0xFFFFFF), 0.08)
	}
	dark.setPrimary(primary, dark[ColorSurface])
	return light, dark, nil
}

func (p palette) setPrimary(primary, ground color.NRGBA) {
	p[ColorPrimary] = primary
	p[ColorOnPrimary] = rgb(0xFFFFFF)
	if Contrast(p[ColorOnPrimary], primary) < textContrast {
		p[ColorOnPrimary] = mix(primary, rgb(0x000000), 0.86)
	}
	share := 0.12
	for Contrast(primary, mix(ground, primary, share)) < textContrast {
		share -= 0.01
	}
	p[ColorSoft] = mix(ground, primary, share)
}

// Contrast returns the contrast ratio of two opaque colours, from 1 to 21, as
// WCAG 2.2 defines it.
func Contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xFFFF
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func parseHex(hex string) (color.NRGBA, error) {
	digits, ok := strings.CutPrefix(hex, "#")
	v, err := strconv.ParseUint(digits, 16, 24)
	if !ok || len(digits) != 6 || err != nil {
		return color.NRGBA{}, fmt.Errorf("kit: primary colour %q is not of the form #RRGGBB", hex)
	}
	return rgb(uint32(v)), nil
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// mix returns a with share (0 to 1) of b in it.
func mix(a, b color.NRGBA, share float64) color.NRGBA {
	part := func(x, y uint8) uint8 {
		return uint8(math.Round(float64(x)*(1-share) + float64(y)*share))
	}
	return color.NRGBA{R: part(a.R, b.R), G: part(a.G, b.G), B: part(a.B, b.B), A: 0xFF}
}
