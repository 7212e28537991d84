package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestWhatFitsStandsBeside, and what doesn't is stacked, also after it was narrow.
func TestWhatFitsStandsBeside(t *testing.T) {
	test.NewTempApp(t)
	name, phone, hours := NewText("Stuck? IT help desk", Small), NewText("ext. 4400", SmallStrong), NewText("7:00 to 19:00", Small)
	hours.Hide()
	help := NewLine(12, NewMark(IconHelp, 18, ColorMuted), NewBeside(12, 0, name, phone, hours))
	contact := NewButton("contact", "Contact an administrator", Link, nil)
	foot := NewBeside(24, 8, help, contact)
	y := func(o fyne.CanvasObject) float32 { at, _ := heightIn(foot, o); return at }
	at := func(width float32) {
		foot.Resize(fyne.NewSize(width, heightFor(foot, width)))
	}
	for range 2 {
		at(u(100))
		if y(phone) < y(name)+u(19) || y(contact) < y(phone)+u(19) {
			t.Errorf("in a narrow place the lines stand at %v, %v and %v", y(name), y(phone), y(contact))
		}
		at(u(600))
		if y(phone) != y(name) || phone.Position().X < name.natural() || help.Position().Y > foot.Size().Height || contact.Position().X < help.Size().Width {
			t.Errorf("in a wide place they stand at %v, %v and %v", name.Position(), phone.Position(), contact.Position())
		}
		if high := foot.Size().Height; high != contact.MinSize().Height {
			t.Errorf("in a wide place they take %v", high)
		}
	}
	if least := foot.MinSize(); least.Width != naturalWidth(help)+u(24)+contact.MinSize().Width {
		t.Errorf("they ask for %v", least)
	}
}
