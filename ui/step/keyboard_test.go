package step_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/uitest"
)

// Tab reaches all that can be done on each page, at 100 and at 200 %, and what has the focus can be seen.
func TestTabReachesEverythingInSight(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		for _, c := range steps() {
			f := uitest.FlowAt(1, c.step)
			f.CanBack, f.Contact = true, true
			f.Others = []app.Choice{{Kind: app.KindEmail}}
			w := uitest.NewStage(t).At(f)
			w.Window().Resize(size)
			uitest.OnKeyboard(t, w, fmt.Sprintf("page %s at %v", c.page, size))
		}
	}
}
