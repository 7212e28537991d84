package entry

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"github.com/sparekey/sparekey/assets"
)

// The measures of the button, in units, of which the screen's scale says how many pixels each takes.
const (
	height   = 52
	radius   = 10
	margin   = 22 // between the edge and the words
	gap      = 14 // between the words and the key
	textSize = 18
	keySize  = 13
	keyPad   = 7
	border   = 2
)

// The colours are those of the light window, which can be told from any background: white within a dark line.
var (
	surface = color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}
	hovered = color.NRGBA{0xE2, 0xF0, 0xEE, 0xFF}
	primary = color.NRGBA{0x0B, 0x6B, 0x66, 0xFF}
	ink     = color.NRGBA{0x1B, 0x23, 0x2D, 0xFF}
	muted   = color.NRGBA{0x5C, 0x67, 0x74, 0xFF}
	edge    = color.NRGBA{0x86, 0x8C, 0x8A, 0xFF}
)

// face is what the button shows.
type face struct {
	words string
	key   string // empty for none
	hover bool
	plain bool // words alone, as of a message
}

// painter draws faces at one scale, in pixels a unit.
type painter struct {
	scale     float64
	text, key font.Face
}

func newPainter(scale float64) (*painter, error) {
	bold, err := opentype.Parse(assets.SemiBold)
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	p := &painter{scale: scale}
	for size, into := range map[float64]*font.Face{textSize: &p.text, keySize: &p.key} {
		if *into, err = opentype.NewFace(bold, &opentype.FaceOptions{Size: size * scale, DPI: 72, Hinting: font.HintingFull}); err != nil {
			return nil, fmt.Errorf("read the font: %w", err)
		}
	}
	return p, nil
}

func (p *painter) px(units float64) int { return int(math.Round(units * p.scale)) }

// size is how large a face is, in pixels.
func (p *painter) size(f face) (w, h int) {
	w = 2*p.px(margin) + font.MeasureString(p.text, f.words).Ceil()
	if f.key != "" {
		w += p.px(gap) + p.keyWidth(f.key)
	}
	return w, p.px(height)
}

func (p *painter) keyWidth(key string) int {
	return 2*p.px(keyPad) + font.MeasureString(p.key, key).Ceil()
}

// paint draws a face; outside of its rounded corners nothing is drawn.
func (p *painter) paint(f face) *image.RGBA {
	w, h := p.size(f)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	line, fill, words := primary, surface, primary
	if f.hover {
		fill = hovered
	}
	if f.plain {
		line, words = edge, ink
	}
	round(img, img.Bounds(), p.px(radius), line)
	round(img, img.Bounds().Inset(p.px(border)), p.px(radius-border), fill)
	end := p.write(img, p.text, words, p.px(margin), h, f.words)
	if f.key != "" {
		at := image.Rect(end+p.px(gap), 0, end+p.px(gap)+p.keyWidth(f.key), p.px(keySize+2*keyPad-2))
		at = at.Add(image.Pt(0, (h-at.Dy())/2))
		round(img, at, p.px(5), edge)
		round(img, at.Inset(p.px(1)), p.px(4), fill)
		p.write(img, p.key, muted, at.Min.X+p.px(keyPad), h, f.key)
	}
	return img
}

// write writes words in the middle of a line of h pixels, from x on, and gives where they end.
func (p *painter) write(img draw.Image, face font.Face, c color.Color, x, h int, words string) int {
	capital := face.Metrics().CapHeight.Round()
	d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, (h+capital)/2)}
	d.DrawString(words)
	return d.Dot.X.Ceil()
}

// round fills a rectangle with round corners.
func round(img draw.Image, at image.Rectangle, r int, c color.Color) {
	w, h, k := float32(at.Dx()), float32(at.Dy()), float32(r)
	shape := vector.NewRasterizer(at.Dx(), at.Dy())
	shape.MoveTo(k, 0)
	shape.LineTo(w-k, 0)
	shape.QuadTo(w, 0, w, k)
	shape.LineTo(w, h-k)
	shape.QuadTo(w, h, w-k, h)
	shape.LineTo(k, h)
	shape.QuadTo(0, h, 0, h-k)
	shape.LineTo(0, k)
	shape.QuadTo(0, 0, k, 0)
	shape.ClosePath()
	shape.Draw(img, at, image.NewUniform(c), image.Point{})
}

// inset is how far a line y of h begins within round corners of r, in pixels.
func inset(r, y, h int) int {
	from := min(y, h-1-y)
	if from >= r {
		return 0
	}
	up := float64(r) - float64(from) - 0.5
	return int(float64(r) - math.Sqrt(float64(r*r)-up*up))
}
