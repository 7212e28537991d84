package entry

import (
	"image/color"
	"testing"
)

// TestTheButtonIsAsWideAsWhatItSays at each scale, and is told from what is behind it: a line all around, and corners that are none.
func TestTheButtonIsAsWideAsWhatItSays(t *testing.T) {
	for _, scale := range []float64{1, 1.5, 2, 3} {
		p, err := newPainter(scale)
		if err != nil {
			t.Fatal(err)
		}
		short, h := p.size(face{words: "Forgot?"})
		long, _ := p.size(face{words: "Forgot my password?"})
		keyed, _ := p.size(face{words: "Forgot my password?", key: "F2"})
		if short >= long || long >= keyed || h != int(height*scale) {
			t.Errorf("at %v they are %d, %d and %d wide, and %d high", scale, short, long, keyed, h)
		}
		img := p.paint(face{words: "Forgot my password?", key: "F2"})
		if got := color.NRGBAModel.Convert(img.At(img.Rect.Dx()/2, 0)); got != primary {
			t.Errorf("at %v the edge is %v", scale, got)
		}
		if _, _, _, a := img.At(0, 0).RGBA(); a > 0x8000 {
			t.Errorf("at %v the corner is drawn", scale)
		}
		dark := 0
		for x := p.px(margin); x < long-p.px(margin); x++ {
			if color.NRGBAModel.Convert(img.At(x, h/2)) == primary {
				dark++
			}
		}
		if dark == 0 {
			t.Errorf("at %v there are no words", scale)
		}
	}
}
