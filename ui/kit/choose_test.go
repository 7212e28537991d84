package kit

import (
	"testing"

	"fyne.io/fyne/v2"
)

func TestOptionsChooseOne(t *testing.T) {
	useTheme(t)
	changes := 0
	o := NewOptions("use", "Which?", []string{"Mobile", "Other mobile", "Office"}, func() { changes++ })
	show(t, o, 600, 200)
	third := Find(o, "use.3").(fyne.Focusable)
	third.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	third.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if o.Selected() != 2 || changes != 1 {
		t.Errorf("chosen is %d after %d changes", o.Selected(), changes)
	}
	beside, stacked := o.HeightFor(600), o.HeightFor(220)
	if stacked < beside+2*u(optionHeight) {
		t.Errorf("%v high side by side, %v where there is no room for it", beside, stacked)
	}
}

func TestTickIsTappedByKeyboardUnlessItIsDisabled(t *testing.T) {
	useTheme(t)
	taps := 0
	k := NewTick("q", "Which was the first concert you went to, and who else was there with you that evening?", func() { taps++ })
	show(t, k, 600, 200)
	k.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	k.Disable()
	k.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if taps != 1 {
		t.Errorf("tapped %d times", taps)
	}
	if k.HeightFor(240) <= k.HeightFor(900) {
		t.Error("a long question has no more room where it wraps")
	}
}
