package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestTheFirstSizeFitsTheScreen(t *testing.T) {
	for _, c := range []struct{ size, room, want fyne.Size }{
		{fyne.Size{}, fyne.Size{}, fyne.NewSize(1024, 700)},
		{fyne.Size{}, fyne.NewSize(1912, 1040), fyne.NewSize(1024, 700)},
		{fyne.Size{}, fyne.NewSize(1042, 550), fyne.NewSize(1024, 550)},
		{fyne.Size{}, fyne.NewSize(792, 560), fyne.NewSize(792, 560)},
		{fyne.NewSize(640, 900), fyne.NewSize(792, 560), fyne.NewSize(640, 900)},
	} {
		s := uitest.NewStage(t)
		win := test.NewTempWindow(t, nil)
		w := ui.New(test.NewTempApp(t), win, ui.Options{Services: s.Services(), Run: s, Size: c.size, Room: c.room})
		if got := win.Canvas().Size(); got != c.want {
			t.Errorf("asked for %v in %v it opens in %v", c.size, c.room, got)
		}
		w.Close()
	}
}

func TestTheWindowOfAFaultFitsTheScreen(t *testing.T) {
	for room, want := range map[fyne.Size]fyne.Size{
		{}: fyne.NewSize(720, 480), fyne.NewSize(1912, 1040): fyne.NewSize(720, 480), fyne.NewSize(632, 360): fyne.NewSize(632, 360),
	} {
		win := test.NewTempWindow(t, nil)
		w := ui.NewFault(test.NewTempApp(t), win, ui.Fault{Words: "wrong", HelpDesk: "IT", Room: room})
		if got := win.Canvas().Size(); got != want {
			t.Errorf("in %v it opens in %v", room, got)
		}
		w.Close()
	}
}
