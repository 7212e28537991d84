package kit

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// fullPage is a page with one of everything, its words long.
func fullPage() *Page {
	field := NewField("new", "New password, which nobody else must ever learn from you")
	field.SetPassword("")
	field.SetError("The two are not the same yet. Type the second one again, slowly, or reveal both of them.")
	cells := NewCodeCells("code", "Then type the 6-digit code that the app shows")
	cells.SetError("That code was not right.")
	checks := NewChecklist()
	checks.SetItems([]Check{{"At least 15 characters", Met}, {"Does not contain your name, nor that of the organisation or of the place you work at", Refused}})
	return NewPage(PageSpec{
		Top: NewSeal(IconCheck), Heading: "Scan this with your authenticator app, then type what it shows",
		Lead: "Two are needed to get back in. A third means a lost phone is no disaster.",
		Body: []fyne.CanvasObject{
			field, NewStrength(), checks, cells,
			NewRow("row", RowSpec{Icon: IconApp, Title: "Authenticator app", Detail: "A code from an app on your phone, also offline", Badge: "Recommended"}, nil),
			NewRow("passive", RowSpec{Icon: IconMail, Title: "Private email", Detail: "Only for resetting your password", Passive: true}, nil),
			NewNote(NoteWarning, "Your phone, Wi-Fi and VPN may still try the old password and lock you out again. Update it there first."),
			NewFacts([]string{"Your account was unlocked", "A notice went to the addresses and numbers that are on file for you"}),
			NewCard(NewColumn(4, NewText("A card", Subheading), NewText("With a sentence that is long enough to need a second line.", Small))),
			NewLine(24, NewQR([][]bool{{true}}, 200), NewColumn(4, NewText("Can’t scan?", Strong), NewText("JBSW Y3DP EHPK 3PXP KRSX G5DF ON2C A43X", Mono))),
		},
		Back: NewButton("back", "Back", Link, nil), Secondary: NewButton("other", "Use another way", Secondary, nil), Primary: NewButton("next", "Next", Primary, nil),
	})
}

func fullFrame() *Frame {
	places := []StepperPlace{{"Who are you?", StepDone}, {"Prove it is you, in one of several ways that you set up", StepNow}, {"New password", StepTodo}}
	foot := NewLine(10, NewMark(IconHelp, 18, ColorMuted), NewColumn(0, NewText("Stuck? IT help desk", Small), NewText("ext. 4400, 7:00 to 19:00", SmallStrong)))
	rail := RailSpec{Logo: NewMonogram("Harbour"), Name: "Harbour Hospital of the Northern Districts", Middle: NewStepper(places), Foot: foot}
	banner := NewBannerStrip("This is a trial on this computer. Nothing leaves it, and nothing is kept.", NewButton("tray", "Messages", Link, nil))
	return NewFrame(banner, rail, fullPage(), NewCard(NewText("The tray", Subheading)))
}

// placed is an object and where it is in the window.
type placed struct {
	object   fyne.CanvasObject
	min, max fyne.Position
}

func (p placed) String() string { return fmt.Sprintf("%T %v-%v", p.object, p.min, p.max) }

func (p placed) overlaps(o placed) bool {
	const slack = 0.5
	return p.min.X < o.max.X-slack && o.min.X < p.max.X-slack && p.min.Y < o.max.Y-slack && o.min.Y < p.max.Y-slack
}

func (p placed) holds(o placed) bool {
	const slack = 0.5
	return o.min.X >= p.min.X-slack && o.max.X <= p.max.X+slack && o.min.Y >= p.min.Y-slack && o.max.Y <= p.max.Y+slack
}

// each visits all that is visible below o, with what holds it.
func each(o fyne.CanvasObject, at fyne.Position, parents []placed, f func(placed, []placed)) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	here := placed{o, at, at.Add(o.Size())}
	f(here, parents)
	parents = append(parents[:len(parents):len(parents)], here)
	for _, child := range childrenOf(o) {
		each(child, at, parents, f)
	}
}

func TestNothingOverlapsOrIsCut(t *testing.T) {
	for _, scale := range []float32{1, 1.5} {
		for _, size := range []fyne.Size{{Width: 1024, Height: 700}, {Width: 640, Height: 400}, {Width: 1600, Height: 1000}, {Width: 480, Height: 640}} {
			t.Run(fmt.Sprintf("%v at %v", size, scale), func(t *testing.T) {
				useTheme(t)
				own, _ := NewTheme("", scale)
				fyne.CurrentApp().Settings().SetTheme(Forced(own, theme.VariantDark))
				f := fullFrame()
				show(t, f, size.Width, size.Height)
				checkTexts(t, f)
				checkApart(t, f)
			})
		}
	}
}

// checkTexts holds every line of text to the boxes it stands in.
func checkTexts(t *testing.T, root fyne.CanvasObject) {
	each(root, fyne.Position{}, nil, func(p placed, parents []placed) {
		text, ok := p.object.(*canvas.Text)
		if !ok || text.Text == "" {
			return
		}
		p.max = p.min.Add(text.MinSize())
		if text.Alignment == fyne.TextAlignCenter {
			return
		}
		for i := len(parents) - 1; i >= 0; i-- {
			if _, scrolls := parents[i].object.(*container.Scroll); scrolls {
				return
			}
			if _, entry := parents[i].object.(*entry); entry {
				return
			}
			if !parents[i].holds(p) {
				t.Errorf("%q (%v) is cut by %v", text.Text, p, parents[i])
				return
			}
		}
	})
}

// checkApart makes sure that texts and controls don't lie on each other.
func checkApart(t *testing.T, root fyne.CanvasObject) {
	var leaves []placed
	each(root, fyne.Position{}, nil, func(p placed, parents []placed) {
		for _, parent := range parents {
			switch parent.object.(type) {
			case *Text, *Button, *entry, *eye, *Seal, *Card: // one thing each
				return
			case *container.Scroll: // what scrolls lies under the footer; see the column alone
				return
			}
		}
		switch p.object.(type) {
		case *Text, *Button, *entry, *eye, *Seal, *Strength, *Badge, *QR, *Note, *Card, *Mark, *container.Scroll:
			leaves = append(leaves, p)
		}
		if scroll, ok := p.object.(*container.Scroll); ok {
			checkApart(t, scroll.Content)
		}
	})
	for i, a := range leaves {
		for _, b := range leaves[i+1:] {
			_, ground := a.object.(*Note)
			if !ground && a.overlaps(b) && !sharesDot(a, b) {
				t.Errorf("%v lies on %v", a, b)
			}
		}
	}
}

// sharesDot reports whether a and b are the badge's or tile's own parts.
func sharesDot(a, b placed) bool { return a.holds(b) || b.holds(a) }

func TestTabGoesThroughTheFieldsThenForward(t *testing.T) {
	useTheme(t)
	f := fullFrame()
	w := show(t, f, 1024, 700)
	var keys []string
	for range 8 {
		w.Canvas().FocusNext()
		switch o := w.Canvas().Focused().(type) {
		case Element:
			keys = append(keys, o.Key())
		case *entry:
			keys = append(keys, "entry")
		}
	}
	want := fmt.Sprint([]string{"entry", "new.reveal", "code", "row", "next", "other", "back", "tray"})
	if fmt.Sprint(keys) != want {
		t.Errorf("order is %v, want %v", keys, want)
	}
}

func TestFocusScrollsIntoView(t *testing.T) {
	useTheme(t)
	f := fullFrame()
	w := show(t, f, 640, 400)
	page := f.page.(*Page)
	row := Find(f, "row").(*Row)
	w.Canvas().Focus(row)
	view := placed{nil, fyne.NewPos(0, page.scroll.Offset.Y), fyne.NewPos(page.scroll.Size().Width, page.scroll.Offset.Y+page.scroll.Size().Height)}
	at := row.Position().Add(page.column.Position())
	if here := (placed{row, at, at.Add(row.Size())}); page.scroll.Offset.Y == 0 || !view.holds(here) {
		t.Errorf("%v is not in view %v", here, view)
	}
	if page.ScrollTo(NewText("elsewhere", Body)) {
		t.Error("an object that is not on the page was scrolled to")
	}
}

// TestScrollingToAFieldStaysThere where there is hardly room for it, as above the keys of a small screen: with its usual margin it would
// lie beyond the upper edge and the lower one in turn.
func TestScrollingToAFieldStaysThere(t *testing.T) {
	useTheme(t)
	first, second := NewField("a", "First"), NewField("b", "Second")
	page := NewPage(PageSpec{Heading: "Two", Body: []fyne.CanvasObject{first, second, NewText("More", Body)}})
	w := show(t, page, 640, 300)
	for height := float32(300); page.scroll.Size().Height > second.Size().Height; height -= 10 {
		w.Resize(fyne.NewSize(640, height))
		page.ScrollTo(second)
		there := page.scroll.Offset.Y
		for range 3 {
			page.ScrollTo(second)
			if page.scroll.Offset.Y != there {
				t.Fatalf("in a window %v high it goes from %v to %v", height, there, page.scroll.Offset.Y)
			}
		}
	}
}

func TestErrorThatAppearsPushesDownWhatIsBelow(t *testing.T) {
	useTheme(t)
	first, second := NewField("a", "First"), NewField("b", "Second")
	page := NewPage(PageSpec{Heading: "Two", Body: []fyne.CanvasObject{first, second}})
	show(t, page, 700, 600)
	before := second.Position().Y
	first.SetError("Not this.")
	if got := second.Position().Y; got <= before {
		t.Errorf("the second field is at %v, was at %v", got, before)
	}
}

func TestFrameFollowsTheWidth(t *testing.T) {
	useTheme(t)
	f := fullFrame()
	w := show(t, f, 1200, 700)
	if f.Narrow() || !f.SideShown() || f.page.Position().X != railWidth || f.page.Size().Width != 1200-railWidth-sideWidth {
		t.Errorf("wide: page at %v, %v, side %v", f.page.Position(), f.page.Size(), f.SideShown())
	}
	w.Resize(fyne.NewSize(1024, 700))
	if f.SideShown() || f.side.Visible() {
		t.Error("the side panel squeezes the page")
	}
	w.Resize(fyne.NewSize(800, 600))
	if !f.Narrow() || f.page.Position().X != 0 || f.page.Position().Y == 0 {
		t.Errorf("narrow: page at %v", f.page.Position())
	}
}

// TestTheSidePanelCoversNoPage where there is room for both: the rail makes room first.
func TestTheSidePanelCoversNoPage(t *testing.T) {
	useTheme(t)
	f := fullFrame()
	w := show(t, f, 1024, 700)
	f.SetSideShown(true)
	for _, c := range []struct {
		width, height float32
		strip         bool
	}{{1366, 768, false}, {1024, 700, false}, {988, 700, false}, {960, 700, true}, {800, 600, true}, {700, 500, true}} {
		w.Resize(fyne.NewSize(c.width, c.height))
		end := f.page.Position().X + f.page.Size().Width
		if end > f.side.Position().X || f.page.Size().Width < leastWidth || f.side.Size().Width < sideWidth-1 {
			t.Errorf("%v x %v: the page ends at %v and is %v wide, the panel begins at %v", c.width, c.height, end, f.page.Size().Width, f.side.Position().X)
		}
		if f.Narrow() != c.strip {
			t.Errorf("%v x %v: the rail is a strip: %v", c.width, c.height, f.Narrow())
		}
		checkTexts(t, f)
		checkApart(t, f)
	}
	f.SetSideShown(false)
	w.Resize(fyne.NewSize(960, 700))
	if f.Narrow() {
		t.Error("the rail stays a strip when the panel is closed")
	}
}

func TestLowWindowLendsTheRailsFootToThePage(t *testing.T) {
	useTheme(t)
	f := fullFrame()
	w := show(t, f, 640, 400)
	page := f.page.(*Page)
	inPage := func() bool {
		found := false
		Walk(page, func(o fyne.CanvasObject) bool { found = o == f.rail.Foot; return found })
		return found
	}
	for _, size := range []fyne.Size{fyne.NewSize(640, 400), fyne.NewSize(792, 560)} { // the second is a screen of 800 x 600
		w.Resize(size)
		if !inPage() {
			t.Errorf("%v: the foot is not on the page of a low window", size)
		}
	}
	w.Resize(fyne.NewSize(1024, 700))
	if inPage() || Find(f, "next") == nil {
		t.Error("the foot stays on the page of a high window")
	}
}

func TestColoursFollowTheThemeLive(t *testing.T) {
	useTheme(t)
	f := fullFrame()
	show(t, f, 1024, 700)
	button := Find(f, "next").(*Button)
	light := button.face.FillColor
	own, _ := NewTheme("", 1)
	test.ApplyTheme(t, Forced(own, theme.VariantDark))
	if button.face.FillColor == light || button.face.FillColor != Color(ColorPrimary) {
		t.Errorf("the button stays %v", button.face.FillColor)
	}
	if f.name.lines[0].Color != Color(ColorInk) {
		t.Errorf("the name stays %v", f.name.lines[0].Color)
	}
}
