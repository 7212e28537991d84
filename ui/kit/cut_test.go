package kit

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

func TestCutFindsTextsWithoutRoom(t *testing.T) {
	useTheme(t)
	roomy := NewButton("roomy", "Go on", Primary, nil)
	tight := NewButton("tight", "A long name for a small thing", Primary, nil)
	typed := NewField("typed", "Name")
	typed.SetText("what is typed may be longer than the field it is typed into, since one can move in it")
	root := container.NewWithoutLayout(roomy, tight, typed)
	show(t, root, 400, 300)
	place(roomy, 0, 0, 200, 46)
	place(tight, 0, 50, 80, 46)
	place(typed, 0, 100, 200, 80)

	if got := Cut(root); !slices.Equal(got, []string{"A long name for a small thing"}) {
		t.Errorf("cut: %q", got)
	}
	place(tight, 0, 50, 300, 46)
	if got := Cut(root); len(got) != 0 {
		t.Errorf("with room for it: %q", got)
	}
	tight.Move(fyne.NewPos(200, 50))
	if got := Cut(root); !slices.Equal(got, []string{"A long name for a small thing"}) {
		t.Errorf("reaching out of the window: %q", got)
	}
}
