// Command emptywindow is Fyne with nothing in it: what `make bench` holds the product's window against.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

func main() {
	w := app.New().NewWindow("Sparekey")
	w.Resize(fyne.NewSize(1024, 700))
	w.ShowAndRun()
}
