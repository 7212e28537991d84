package kit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

func TestContrastOfBlackAndWhiteIs21(t *testing.T) {
	if got := Contrast(rgb(0xFFFFFF), rgb(0)); got < 20.99 || got > 21.01 {
		t.Errorf("contrast is %v", got)
	}
	if got := Contrast(rgb(0x777777), rgb(0x777777)); got != 1 {
		t.Errorf("contrast of a colour with itself is %v", got)
	}
}

func TestColoursThatMeetCanBeToldApart(t *testing.T) {
	meet := []struct {
		front, back fyne.ThemeColorName
		least       float64
	}{
		{ColorInk, ColorBackground, textContrast}, {ColorInk, ColorSurface, textContrast}, {ColorInk, ColorSoft, textContrast},
		{ColorMuted, ColorBackground, textContrast}, {ColorMuted, ColorSurface, textContrast},
		{ColorPrimary, ColorBackground, textContrast}, {ColorPrimary, ColorSurface, textContrast}, {ColorPrimary, ColorSoft, textContrast},
		{ColorOnPrimary, ColorPrimary, textContrast}, {ColorSurface, ColorDanger, textContrast},
		{ColorWarning, ColorWarningSoft, textContrast}, {ColorDanger, ColorDangerSoft, textContrast}, {ColorSuccess, ColorSuccessSoft, textContrast},
		{ColorDanger, ColorBackground, textContrast}, {ColorSuccess, ColorBackground, textContrast},
		{ColorEdge, ColorSurface, shapeContrast}, {ColorEdge, ColorBackground, shapeContrast},
	}
	for _, primary := range []string{"", "#003B71", "#7A1FA2", "#A31515", "#1A1A1A"} {
		own, err := NewTheme(primary, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
			for _, m := range meet {
				if got := Contrast(own.Color(m.front, v), own.Color(m.back, v)); got < m.least {
					t.Errorf("primary %q, variant %d: %s on %s has %.2f, needs %.1f", primary, v, m.front, m.back, got, m.least)
				}
			}
		}
	}
}

// TestHighContrastIsHigh holds every pair to what WCAG 2.2 asks of enhanced contrast.
func TestHighContrastIsHigh(t *testing.T) {
	high := NewHighContrast(1)
	text := []fyne.ThemeColorName{ColorInk, ColorMuted, ColorPrimary, ColorWarning, ColorDanger, ColorSuccess}
	grounds := []fyne.ThemeColorName{ColorBackground, ColorSurface, ColorSoft, ColorWarningSoft, ColorDangerSoft, ColorSuccessSoft}
	for _, v := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
		for _, front := range text {
			for _, back := range grounds {
				if got := Contrast(high.Color(front, v), high.Color(back, v)); got < enhancedContrast {
					t.Errorf("variant %d: %s on %s has %.2f", v, front, back, got)
				}
			}
		}
		for _, m := range [][2]fyne.ThemeColorName{{ColorOnPrimary, ColorPrimary}, {ColorSurface, ColorDanger}, {ColorLine, ColorBackground}, {ColorEdge, ColorSurface}} {
			if got := Contrast(high.Color(m[0], v), high.Color(m[1], v)); got < enhancedContrast {
				t.Errorf("variant %d: %s on %s has %.2f", v, m[0], m[1], got)
			}
		}
	}
}

func TestPrimaryThatCannotBeReadIsRefusedWithTheReason(t *testing.T) {
	_, err := NewTheme("#FFCC00", 1)
	if err == nil || !strings.Contains(err.Error(), "needs 4.5 to 1") {
		t.Errorf("yellow: %v", err)
	}
	for _, bad := range []string{"0B6B66", "#0B6B6", "#GGGGGG", "teal"} {
		if _, err := NewTheme(bad, 1); err == nil {
			t.Errorf("%q was taken for a colour", bad)
		}
	}
}

func TestForcedIgnoresTheSystemsVariant(t *testing.T) {
	own, _ := NewTheme("", 1)
	dark := Forced(own, theme.VariantDark)
	if dark.Color(ColorInk, theme.VariantLight) != own.Color(ColorInk, theme.VariantDark) {
		t.Error("the ink is not that of the forced variant")
	}
}

func TestScaleMakesEverythingLarger(t *testing.T) {
	one, _ := NewTheme("", 1)
	touch, _ := NewTheme("", 1.5)
	for _, name := range []fyne.ThemeSizeName{theme.SizeNameText, theme.SizeNamePadding, theme.SizeNameInnerPadding, sizeUnit} {
		if touch.Size(name) != 1.5*one.Size(name) {
			t.Errorf("%s is %v at 1.5, %v at 1", name, touch.Size(name), one.Size(name))
		}
	}
}
