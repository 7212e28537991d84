// Command emptywindow is Fyne with nothing in it, or with one field in which one can type at once (`emptywindow field`): what
// `make bench` holds the product's window against.
package main

import (
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := app.New().NewWindow("Sparekey")
	w.Resize(fyne.NewSize(1024, 700))
	if len(os.Args) > 1 {
		field := widget.NewEntry()
		w.SetContent(container.NewVBox(field))
		w.Canvas().Focus(field)
	}
	w.ShowAndRun()
}
