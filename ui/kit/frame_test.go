package kit

import (
	"testing"

	"fyne.io/fyne/v2"
)

// TestTheRailsFootNeverMeetsItsMiddle in a frame that is wide and low, as beside keys on the screen: the page shows it then.
func TestTheRailsFootNeverMeetsItsMiddle(t *testing.T) {
	useTheme(t)
	middle := NewStepper([]StepperPlace{{Text: "Who are you?"}, {Text: "Prove it is you", State: StepNow}, {Text: "Prove it again"}, {Text: "New password"}})
	foot := NewColumn(0, NewText("Stuck? IT help desk", Small), NewText("ext. 4400", SmallStrong), NewText("7:00 to 19:00", Small))
	page := NewPage(PageSpec{Heading: "Heading"})
	f := NewFrame(nil, RailSpec{Name: "Harbour Hospital", Middle: middle, Foot: foot}, page, nil)
	w := show(t, f, 1280, 700)
	for _, height := range []float32{700, 500, 420, 380, 340, 300} {
		w.Resize(fyne.NewSize(1280, height))
		lent := false
		for _, o := range page.column.Objects {
			lent = lent || o == fyne.CanvasObject(foot)
		}
		if lent {
			continue
		}
		if end := middle.Position().Y + middle.Size().Height; foot.Position().Y < end {
			t.Errorf("%v high: the foot begins at %v, the middle ends at %v", height, foot.Position().Y, end)
		}
	}
}
