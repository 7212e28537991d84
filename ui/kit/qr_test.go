package kit

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// chequered are modules of a code of this size whose corner is dark.
func chequered(count int) [][]bool {
	rows := make([][]bool, count)
	for y := range rows {
		rows[y] = make([]bool, count)
		for x := range rows[y] {
			rows[y][x] = (x+y)%2 == 0
		}
	}
	return rows
}

// picture draws a code, and gives how many pixels its first module is wide and is away from the edge.
func picture(q *QR, scale float32) (module, edge int) {
	size := q.raster.Size()
	img := q.draw(int(size.Width*scale), int(size.Height*scale)).(*image.Paletted)
	dark := func(x, y int) bool { return img.ColorIndexAt(x, y) == 1 }
	for !dark(edge, edge) {
		edge++
	}
	for dark(edge+module, edge) {
		module++
	}
	return module, edge
}

// TestQRModulesAreLargeEnoughForCameras from the smallest code to one of long names in letters that take six signs each.
func TestQRModulesAreLargeEnoughForCameras(t *testing.T) {
	for _, scale := range []float32{0.8, 1, 1.3, 2} {
		for _, count := range []int{41, 73, 97, 129, 173} {
			useTheme(t)
			q := NewQR(chequered(count), 250)
			w := test.NewTempWindow(t, q)
			w.Canvas().(software.WindowlessCanvas).SetScale(scale)
			w.Resize(fyne.NewSize(900, 900))
			module, edge := picture(q, scale)
			if module < leastModule || edge < quietZone*module {
				t.Errorf("%d modules at %v: %d pixels each, %d to the edge", count, scale, module, edge)
			}
			if side := q.MinSize().Width; side < 250 || count == 41 && side != 250 {
				t.Errorf("%d modules at %v: %v units wide", count, scale, side)
			}
		}
	}
}
