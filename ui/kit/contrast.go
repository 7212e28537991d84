package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// enhancedContrast is the least contrast of text in high contrast, by WCAG 2.2 success criterion 1.4.6.
const enhancedContrast = 7.0

// contrastPalette is light on black, with lines that are as plain as the words: who needs it sees few shades.
func contrastPalette() palette {
	return palette{
		ColorBackground: rgb(0x000000), ColorSurface: rgb(0x000000), ColorInk: rgb(0xFFFFFF),
		ColorMuted: rgb(0xE4E4E4), ColorLine: rgb(0xFFFFFF), ColorEdge: rgb(0xFFFFFF),
		ColorPrimary: rgb(0xFFE14D), ColorOnPrimary: rgb(0x000000), ColorSoft: rgb(0x2B2600),
		ColorWarning: rgb(0xFFC46B), ColorWarningSoft: rgb(0x2B1B00),
		ColorDanger: rgb(0xFFA39C), ColorDangerSoft: rgb(0x330000),
		ColorSuccess: rgb(0x7CF29A), ColorSuccessSoft: rgb(0x00260D),
	}
}

// NewHighContrast returns the theme for people who see poorly, whatever the system prefers and whatever colour the
// organisation has; everything is scale times as large.
func NewHighContrast(scale float32) fyne.Theme {
	p := contrastPalette()
	return Forced(&Theme{light: p, dark: p, scale: scale, base: theme.DefaultTheme()}, theme.VariantDark)
}
