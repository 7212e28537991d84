package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// CheckState is what is known of one rule.
type CheckState int

// The states.
const (
	Unmet    CheckState = iota // not yet
	Met                        // holds
	OnServer                   // known only to the server, later
	Refused                    // the server says no
)

// Check is one rule of a checklist.
type Check struct {
	Text  string
	State CheckState
}

var checkLooks = map[CheckState]struct {
	icon  Icon
	color fyne.ThemeColorName
}{
	Unmet:    {iconCircle, ColorMuted},
	Met:      {IconCheck, ColorSuccess},
	OnServer: {IconClock, ColorMuted},
	Refused:  {iconCross, ColorDanger},
}

// Checklist shows rules and whether each is met.
type Checklist struct {
	widget.BaseWidget
	items []Check
	lines *markedLines
}

// NewChecklist returns an empty list.
func NewChecklist() *Checklist {
	c := &Checklist{lines: &markedLines{gap: 6}}
	c.ExtendBaseWidget(c)
	return c
}

// SetItems replaces the rules.
func (c *Checklist) SetItems(items []Check) {
	added := len(items) != len(c.items)
	c.items = items
	c.lines.resize(len(items), Body)
	for i, item := range items {
		l := checkLooks[item.State]
		c.lines.marks[i].set(l.icon, l.color)
		c.lines.texts[i].SetText(item.Text)
		c.lines.texts[i].tint(l.color)
	}
	c.Refresh()
	if added {
		reflow(c)
	}
}

// Items returns the rules.
func (c *Checklist) Items() []Check { return c.items }

// HeightFor returns how high the list is when it is this wide.
func (c *Checklist) HeightFor(width float32) float32 { return c.lines.heightFor(width) }

// CreateRenderer implements fyne.Widget.
func (c *Checklist) CreateRenderer() fyne.WidgetRenderer { return render(c) }

// Children are the marks and texts.
func (c *Checklist) Children() []fyne.CanvasObject { return c.lines.objects() }

func (c *Checklist) minSize() fyne.Size    { return c.lines.minSize(c.Size().Width) }
func (c *Checklist) paint()                {}
func (c *Checklist) layout(size fyne.Size) { c.lines.layout(size.Width) }

// Facts are lines that hold, each with a check mark.
type Facts struct {
	widget.BaseWidget
	lines *markedLines
}

// NewFacts returns these lines.
func NewFacts(lines []string) *Facts {
	f := &Facts{lines: &markedLines{gap: 10}}
	f.lines.resize(len(lines), Body)
	for i, text := range lines {
		f.lines.marks[i].set(IconCheck, ColorPrimary)
		f.lines.texts[i].SetText(text)
	}
	f.ExtendBaseWidget(f)
	return f
}

// HeightFor returns how high the lines are at this width.
func (f *Facts) HeightFor(width float32) float32 { return f.lines.heightFor(width) }

// CreateRenderer implements fyne.Widget.
func (f *Facts) CreateRenderer() fyne.WidgetRenderer { return render(f) }

// Children are the marks and texts.
func (f *Facts) Children() []fyne.CanvasObject { return f.lines.objects() }

func (f *Facts) minSize() fyne.Size    { return f.lines.minSize(f.Size().Width) }
func (f *Facts) paint()                {}
func (f *Facts) layout(size fyne.Size) { f.lines.layout(size.Width) }

// markedLines are texts under each other, each with a mark before it.
type markedLines struct {
	gap   float32
	marks []*Mark
	texts []*Text
}

const markedIndent = 28

func (m *markedLines) resize(count int, style TextStyle) {
	for len(m.texts) < count {
		m.marks = append(m.marks, NewMark(iconCircle, 18, ColorMuted))
		m.texts = append(m.texts, NewText("", style))
	}
	m.marks, m.texts = m.marks[:count], m.texts[:count]
}

func (m *markedLines) objects() []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	for i := range m.texts {
		objects = append(objects, m.marks[i], m.texts[i])
	}
	return objects
}

func (m *markedLines) heightFor(width float32) float32 {
	var height float32
	for i, text := range m.texts {
		if i > 0 {
			height += u(m.gap)
		}
		height += text.HeightFor(width - u(markedIndent))
	}
	return height
}

func (m *markedLines) minSize(width float32) fyne.Size {
	return fyne.NewSize(u(200), m.heightFor(max(u(200), width)))
}

func (m *markedLines) layout(width float32) {
	var y float32
	for i, text := range m.texts {
		height := text.HeightFor(width - u(markedIndent))
		place(m.marks[i], 0, y+u(3), u(18), u(18))
		place(text, u(markedIndent), y, width-u(markedIndent), height)
		y += height + u(m.gap)
	}
}
