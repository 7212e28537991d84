package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/sparekey/sparekey/assets"
)

// sizeUnit is how many of Fyne's units one unit of the drawings takes. Only
// the kit's theme knows it, which is how current recognises it.
const sizeUnit fyne.ThemeSizeName = "kit.unit"

// The fonts as Fyne wants them. One value each: Fyne caches faces by identity.
var (
	fontRegular  = fyne.NewStaticResource("Inter-Regular.otf", assets.Regular)
	fontSemiBold = fyne.NewStaticResource("Inter-SemiBold.otf", assets.SemiBold)
	fontDisplay  = fyne.NewStaticResource("InterDisplay-Bold.otf", assets.Display)
	fontMono     = fyne.NewStaticResource("NotoSansMono-Regular.ttf", assets.Mono)
)

// Theme is the application's theme, light and dark.
type Theme struct {
	light, dark palette
	scale       float32
	base        fyne.Theme
}

// NewTheme returns the theme with the organisation's primary colour ("#RRGGBB",
// "" for our own), everything scale times as large (1 usual, 1.5 for touch). It
// refuses a colour that text and shapes can't be told from, with the reason.
func NewTheme(primary string, scale float32) (*Theme, error) {
	light, dark, err := withPrimary(primary)
	if err != nil {
		return nil, err
	}
	if scale <= 0 {
		scale = 1
	}
	return &Theme{light: light, dark: dark, scale: scale, base: theme.DefaultTheme()}, nil
}

// Color implements fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	p := t.light
	if variant == theme.VariantDark {
		p = t.dark
	}
	if c, ok := p[name]; ok {
		return c
	}
	if own, ok := fyneColors[name]; ok {
		return p[own]
	}
	switch name {
	case colorRest:
		return rgb(0x9AA5B1)
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder:
		return color.Transparent // Field draws its own frame
	case theme.ColorNameShadow:
		return color.Transparent
	case theme.ColorNameHover, theme.ColorNamePressed, theme.ColorNameScrollBarBackground:
		return alpha(p[ColorInk], 0x0F)
	case theme.ColorNameScrollBar:
		return alpha(p[ColorInk], 0x50)
	case theme.ColorNameSelection, theme.ColorNameFocus:
		return alpha(p[ColorPrimary], 0x40)
	}
	return t.base.Color(name, variant)
}

// fyneColors are Fyne's own names for colours of the kit.
var fyneColors = map[fyne.ThemeColorName]fyne.ThemeColorName{
	theme.ColorNameForeground:          ColorInk,
	theme.ColorNamePlaceHolder:         ColorMuted,
	theme.ColorNameDisabled:            ColorMuted,
	theme.ColorNamePrimary:             ColorPrimary,
	theme.ColorNameHyperlink:           ColorPrimary,
	theme.ColorNameForegroundOnPrimary: ColorOnPrimary,
	theme.ColorNameButton:              ColorSurface,
	theme.ColorNameDisabledButton:      ColorLine,
	theme.ColorNameHeaderBackground:    ColorSurface,
	theme.ColorNameMenuBackground:      ColorSurface,
	theme.ColorNameOverlayBackground:   ColorSurface,
	theme.ColorNameSeparator:           ColorLine,
	theme.ColorNameError:               ColorDanger,
	theme.ColorNameSuccess:             ColorSuccess,
	theme.ColorNameWarning:             ColorWarning,
}

// Font implements fyne.Theme.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace:
		return fontMono
	case style.Symbol:
		return t.base.Font(style)
	case style.Bold:
		return fontSemiBold
	}
	return fontRegular
}

// Icon implements fyne.Theme.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base.Icon(name) }

// Size implements fyne.Theme.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case sizeUnit:
		return t.scale
	case theme.SizeNameText:
		return 16 * t.scale
	case theme.SizeNameCaptionText:
		return 13 * t.scale
	case theme.SizeNameHeadingText:
		return 28 * t.scale
	case theme.SizeNameSubHeadingText:
		return 18 * t.scale
	case theme.SizeNameInnerPadding:
		return 8 * t.scale
	case theme.SizeNameInputBorder:
		return 0
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 4 * t.scale
	}
	return t.base.Size(name) * t.scale
}

// Live is a theme that may be changed under a window. The toolkit is told of the first one alone: each time that it is given
// another it reads all fonts anew, and keeps the ones before for ever (2 MiB a time, fyne 2.8.1), which a screen that is looked at for
// a month can't afford. Repaint draws what the change meets.
type Live struct{ fyne.Theme }

// Repaint draws everything below root anew, in view or not: what is inside first, since its size may have changed.
func Repaint(root fyne.CanvasObject) {
	if root == nil {
		return
	}
	for _, child := range childrenOf(root) {
		Repaint(child)
	}
	root.Refresh()
}

// Forced returns t in one variant, whatever the system prefers.
func Forced(t fyne.Theme, v fyne.ThemeVariant) fyne.Theme { return &forced{Theme: t, variant: v} }

type forced struct {
	fyne.Theme
	variant fyne.ThemeVariant
}

func (f *forced) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return f.Theme.Color(name, f.variant)
}

// Color returns the colour of this name in the current theme and variant.
func Color(name fyne.ThemeColorName) color.Color {
	return current().Color(name, fyne.CurrentApp().Settings().ThemeVariant())
}

var fallback = &Theme{light: lightPalette(), dark: darkPalette(), scale: 1, base: theme.DefaultTheme()}

// current is the theme in use, or our own where another toolkit theme is set.
func current() fyne.Theme {
	if t := theme.Current(); t.Size(sizeUnit) > 0 {
		return t
	}
	return fallback
}

// u returns a length of the drawings in Fyne's units.
func u(length float32) float32 { return length * current().Size(sizeUnit) }

func alpha(c color.NRGBA, a uint8) color.NRGBA {
	c.A = a
	return c
}

// blend returns the colour a with share (0 to 1) of the colour b in it.
func blend(a, b fyne.ThemeColorName, share float64) color.Color {
	solid := func(name fyne.ThemeColorName) color.NRGBA {
		return color.NRGBAModel.Convert(Color(name)).(color.NRGBA)
	}
	return mix(solid(a), solid(b), share)
}
