package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// PageSpec is what a page shows. Only the heading must be there.
type PageSpec struct {
	Top                      fyne.CanvasObject // above the heading
	About                    string            // small, above the heading: the thing that the page changes
	Heading, Lead            string
	Body                     []fyne.CanvasObject
	Back, Secondary, Primary fyne.CanvasObject
}

// The measures of a page, in units.
const (
	columnWidth = 560
	footerWidth = 608
	pageTop     = 56
	footerEdge  = 36 // below the buttons
	footerGap   = 12
	pageTight   = 300 // below which height, as beside keys on the screen, nothing is given away
	tightEdge   = 8
)

// Page is one column: a heading, a sentence, the thing to do, and at the foot
// the ways to go on, which stay in view while the rest scrolls.
type Page struct {
	widget.BaseWidget
	spec   PageSpec
	column *fyne.Container
	scroll *container.Scroll
	rule   *canvas.Rectangle
	end    fyne.CanvasObject // the rail's foot, lent by a frame that has no room for it
}

// NewPage returns the page of spec.
func NewPage(spec PageSpec) *Page {
	p := &Page{spec: spec, rule: &canvas.Rectangle{}}
	var objects []fyne.CanvasObject
	if spec.Top != nil {
		objects = append(objects, NewLine(0, spec.Top))
	}
	heading := fyne.CanvasObject(NewText(spec.Heading, Heading))
	if spec.About != "" {
		heading = NewColumn(4, NewText(spec.About, SmallStrong), heading)
	}
	objects = append(objects, heading)
	if spec.Lead != "" {
		objects = append(objects, NewText(spec.Lead, lead))
	}
	p.column = &fyne.Container{Layout: column(p.gap), Objects: append(objects, spec.Body...)}
	p.scroll = container.NewVScroll(&fyne.Container{Layout: &pageLayout{page: p}, Objects: []fyne.CanvasObject{p.column}})
	p.scroll.OnScrolled = func(fyne.Position) {
		touched()
		p.paint()
	}
	p.ExtendBaseWidget(p)
	return p
}

// ScrollTo brings o into view, if it is in the page's body.
func (p *Page) ScrollTo(o fyne.CanvasObject) bool {
	inside := false
	Walk(p.column, func(child fyne.CanvasObject) bool {
		inside = child == o
		return inside
	})
	if !inside {
		return false
	}
	p.settle()
	top, _ := heightIn(p.scroll.Content, o)
	margin, view := u(24), p.scroll.Size().Height
	if p.tight() {
		margin = u(tightEdge)
	}
	margin = max(0, min(margin, (view-o.Size().Height)/2)) // with more it would never be in view, and go to and fro
	offset := p.scroll.Offset
	if top-margin < offset.Y || o.Size().Height > view {
		offset.Y = top - margin
	} else if bottom := top + o.Size().Height + margin; bottom > offset.Y+view {
		offset.Y = bottom - view
	}
	offset.Y = max(0, min(offset.Y, p.scroll.Content.MinSize().Height-view))
	if offset != p.scroll.Offset {
		p.scroll.ScrollToOffset(offset)
	}
	return true
}

// reflow lays the column out anew, after something in it changed its height.
func (p *Page) reflow() {
	p.settle()
	p.column.Refresh()
	p.scroll.Refresh()
	p.paint()
}

// heightIn returns how far o lies below the top of root. The driver knows it only of what was painted already.
func heightIn(root, o fyne.CanvasObject) (float32, bool) {
	if root == o {
		return 0, true
	}
	for _, child := range childrenOf(root) {
		if y, ok := heightIn(child, o); ok {
			return y + child.Position().Y, true
		}
	}
	return 0, false
}

// settle gives what came or went since the last frame its place.
func (p *Page) settle() {
	content, view := p.scroll.Content, p.scroll.Size()
	content.Resize(fyne.NewSize(view.Width, max(view.Height, content.MinSize().Height)))
	content.Refresh()
}

// setEnd puts o at the end of the body, in place of what was put there before (nil for nothing).
func (p *Page) setEnd(o fyne.CanvasObject) {
	if p.end == o {
		return
	}
	if p.end != nil {
		p.column.Objects = p.column.Objects[:len(p.column.Objects)-1]
	}
	if o != nil {
		p.column.Objects = append(p.column.Objects, o)
	}
	p.end = o
	p.column.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *Page) CreateRenderer() fyne.WidgetRenderer { return render(p) }

// Children are in the order of the Tab key: the body, then the primary button.
func (p *Page) Children() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{p.scroll, p.rule}
	for _, o := range []fyne.CanvasObject{p.spec.Primary, p.spec.Secondary, p.spec.Back} {
		if o != nil {
			objects = append(objects, o)
		}
	}
	return objects
}

func (p *Page) minSize() fyne.Size { return fyne.NewSize(u(300), u(160)) }

// paint draws the line above the buttons while some of the body is below it.
func (p *Page) paint() {
	hidden := p.scroll.Content.Size().Height - p.scroll.Offset.Y - p.scroll.Size().Height
	p.rule.Hidden = hidden < 1 || len(p.footer()) == 0
	box(p.rule, Color(ColorLine), nil, 0, 0)
}

func (p *Page) footer() []fyne.CanvasObject {
	return visible(p.spec.Back, p.spec.Secondary, p.spec.Primary)
}

// margin is the empty space left and right of the column.
func margin(width float32) float32 { return min(max((width-u(480))/4, u(20)), u(64)) }

func (p *Page) layout(size fyne.Size) {
	height := size.Height
	if len(p.footer()) > 0 {
		height = p.layoutFooter(size)
	}
	place(p.scroll, 0, 0, size.Width, height)
	place(p.rule, 0, height, size.Width, u(1))
	p.paint()
}

// layoutFooter places the buttons and returns where the footer begins.
func (p *Page) layoutFooter(size fyne.Size) float32 {
	left := margin(size.Width)
	width := min(size.Width-2*left, u(footerWidth))
	edge, above := u(footerEdge), u(16)
	switch {
	case p.tight():
		edge, above = u(tightEdge), u(tightEdge)
	case size.Height < u(560):
		edge = u(16)
	}
	bottom := size.Height - edge
	x := left + width
	top := bottom
	for _, o := range visible(p.spec.Primary, p.spec.Secondary) {
		own := o.MinSize()
		x -= own.Width
		place(o, x, bottom-own.Height, own.Width, own.Height)
		top = min(top, bottom-own.Height)
		x -= u(footerGap)
	}
	if back := p.spec.Back; back != nil && back.Visible() {
		own := back.MinSize()
		y := bottom - own.Height
		if left+own.Width > x && top < bottom {
			y = top - own.Height - u(4)
		}
		place(back, left-indent(back), y, own.Width, own.Height)
		top = min(top, y)
	}
	return top - above
}

// pageLayout centres the column in what scrolls.
type pageLayout struct {
	page  *Page
	width float32
}

func (l *pageLayout) top() float32 {
	if l.page.tight() {
		return u(tightEdge)
	}
	if l.page.Size().Height < u(560) {
		return u(28)
	}
	return u(pageTop - 2)
}

func (l *pageLayout) columnWidth(width float32) float32 {
	return min(width-2*margin(width), u(columnWidth))
}

// Layout implements fyne.Layout.
func (l *pageLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	width := l.columnWidth(size.Width)
	place(objects[0], margin(size.Width), l.top(), width, heightFor(objects[0], width))
}

// MinSize implements fyne.Layout.
func (l *pageLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := l.page.Size().Width
	if width == 0 {
		width = u(footerWidth)
	}
	return fyne.NewSize(0, l.top()+heightFor(objects[0], l.columnWidth(width))+u(24))
}

// tight reports whether the page is so low that nothing of it may be given away.
func (p *Page) tight() bool { return p.Size().Height > 0 && p.Size().Height < u(pageTight) }

// gap is the distance between two neighbours on this page, in units.
func (p *Page) gap(above, below fyne.CanvasObject) float32 {
	gap := pageGap(above, below)
	if p.tight() {
		return min(gap, 14)
	}
	return gap
}

// pageGap is the distance between two neighbours on a page, in units.
func pageGap(above, below fyne.CanvasObject) float32 {
	switch {
	case isText(below, lead):
		return 6
	case isText(above, lead), isText(above, Heading):
		return 28
	case is[*Row](above) && is[*Row](below):
		return 12
	case is[*Strength](below):
		return 10
	case is[*Checklist](below):
		return 16
	}
	return 20
}

func is[T fyne.CanvasObject](o fyne.CanvasObject) bool {
	_, ok := o.(T)
	return ok
}

func isText(o fyne.CanvasObject, style TextStyle) bool {
	text, ok := o.(*Text)
	return ok && text.style == style
}
