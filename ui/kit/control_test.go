package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestButtonActsOnTapEnterAndSpace(t *testing.T) {
	useTheme(t)
	taps := 0
	b := NewButton("next", "Next", Primary, func() { taps++ })
	show(t, b, 200, 100)
	test.Tap(b)
	press(b, fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyTab)
	if taps != 4 {
		t.Errorf("%d taps, want 4", taps)
	}
}

func TestBusyAndDisabledButtonsIgnoreTaps(t *testing.T) {
	useTheme(t)
	taps := 0
	b := NewButton("next", "Next", Primary, func() { taps++ })
	size := b.MinSize()
	b.SetBusy(true)
	test.Tap(b)
	press(b, fyne.KeyReturn)
	if taps != 0 || !b.spinner.Moving() {
		t.Errorf("busy: %d taps, moving %v", taps, b.spinner.Moving())
	}
	if b.MinSize() != size {
		t.Error("the button changes its size when it gets busy")
	}
	b.SetBusy(false)
	b.Disable()
	test.Tap(b)
	if taps != 0 || b.spinner.Moving() {
		t.Errorf("disabled: %d taps, moving %v", taps, b.spinner.Moving())
	}
	b.Enable()
	test.Tap(b)
	if taps != 1 {
		t.Errorf("enabled: %d taps", taps)
	}
}

func TestFocusShowsTheRing(t *testing.T) {
	useTheme(t)
	for _, c := range []interface {
		fyne.Focusable
		fyne.CanvasObject
	}{NewButton("b", "Next", Link, nil), NewRow("r", RowSpec{Title: "Row"}, nil)} {
		w := show(t, c, 300, 100)
		ring := c.(Parent).Children()[0]
		if ring.Visible() {
			t.Errorf("%T has a ring without the focus", c)
		}
		w.Canvas().Focus(c)
		if !ring.Visible() {
			t.Errorf("%T has no ring with the focus", c)
		}
	}
}

func TestPassiveRowIsNoControl(t *testing.T) {
	useTheme(t)
	taps := 0
	passive := NewRow("p", RowSpec{Title: "Only told", Passive: true}, func() { taps++ })
	row := NewRow("r", RowSpec{Title: "To do"}, func() { taps++ })
	w := show(t, NewColumn(0, passive, row), 400, 300)
	test.Tap(passive)
	w.Canvas().FocusNext()
	if taps != 0 || w.Canvas().Focused() != row {
		t.Errorf("%d taps, focused %v", taps, w.Canvas().Focused())
	}
}

func TestRowGrowsWithItsDetail(t *testing.T) {
	useTheme(t)
	short := NewRow("a", RowSpec{Icon: IconKey, Title: "Key", Detail: "Touch it", Badge: "Strongest"}, nil)
	if got := short.HeightFor(560); got != rowHeight {
		t.Errorf("height is %v", got)
	}
	long := NewRow("b", RowSpec{Icon: IconKey, Title: "Key", Detail: "This sentence is much too long to stand on one line of a row that is as wide as a page is."}, nil)
	if long.HeightFor(560) <= rowHeight || long.HeightFor(300) <= long.HeightFor(560) {
		t.Errorf("heights are %v and %v", long.HeightFor(560), long.HeightFor(300))
	}
}

func TestFieldTellsWhatIsTyped(t *testing.T) {
	useTheme(t)
	f := NewField("name", "User name")
	var changed, submitted string
	f.OnChanged = func(s string) { changed = s }
	f.OnSubmitted = func(s string) { submitted = s }
	show(t, f, 400, 200)
	test.Type(f.Entry(), "ada")
	press(f.Entry(), fyne.KeyReturn)
	if f.Text() != "ada" || changed != "ada" || submitted != "ada" {
		t.Errorf("text %q, changed %q, submitted %q", f.Text(), changed, submitted)
	}
}

func TestFieldShowsItsError(t *testing.T) {
	useTheme(t)
	f := NewField("name", "User name")
	show(t, f, 400, 200)
	before := f.MinSize().Height
	f.SetError("Nobody here has that name.")
	if f.frame.StrokeColor != Color(ColorDanger) || f.MinSize().Height <= before {
		t.Error("the error does not show")
	}
	if got := Texts(f); got[len(got)-1] != "Nobody here has that name." {
		t.Errorf("texts: %q", got)
	}
	f.SetError("")
	if f.MinSize().Height != before || f.frame.StrokeColor == Color(ColorDanger) {
		t.Error("the error stays")
	}
}

func TestMaskedFieldIsRevealedByItsEyeOnly(t *testing.T) {
	useTheme(t)
	f := NewField("pass", "Password")
	f.SetPassword("")
	f.SetText("secret words")
	show(t, f, 400, 200)
	if got := Texts(f); len(got) != 1 {
		t.Errorf("masked: %q", got)
	}
	test.Tap(Find(f, "pass.reveal").(fyne.Tappable))
	if got := Texts(f); len(got) != 2 || got[1] != "secret words" {
		t.Errorf("revealed: %q", got)
	}
}

func TestEscapeReachesTheWindowFromEveryControl(t *testing.T) {
	useTheme(t)
	field := NewField("f", "Field")
	button := NewButton("b", "Next", Primary, nil)
	button.SetBusy(true)
	cells := NewCodeCells("c", "")
	w := show(t, NewColumn(8, field, button, cells), 500, 400)
	escapes := 0
	w.Canvas().SetOnTypedKey(func(key *fyne.KeyEvent) {
		if key.Name == fyne.KeyEscape {
			escapes++
		}
	})
	for _, o := range []fyne.Focusable{field.Entry(), button, cells} {
		press(o, fyne.KeyEscape)
	}
	if escapes != 3 {
		t.Errorf("%d of 3 controls pass Escape on", escapes)
	}
}

func TestSpinnerRestsUnlessStartedAndShown(t *testing.T) {
	useTheme(t)
	s := NewSpinner()
	if s.Moving() {
		t.Error("a new spinner moves")
	}
	s.Start()
	f := NewFrame(nil, RailSpec{}, NewPage(PageSpec{Heading: "Wait", Body: []fyne.CanvasObject{s}}), nil)
	show(t, f, 1024, 700)
	f.SetPage(NewPage(PageSpec{Heading: "Done"}))
	if s.Moving() {
		t.Error("the spinner of a page that was replaced goes on")
	}
}

func TestInitial(t *testing.T) {
	for name, want := range map[string]string{
		"Harbour Hospital": "H", "école": "É", " «Ärzte»": "Ä", "3M": "3", "": "", "…": "", "ЗАО": "З",
	} {
		if got := initial(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
