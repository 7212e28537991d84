package kit

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

func TestFindSeesOnlyWhatIsVisible(t *testing.T) {
	useTheme(t)
	b := NewButton("deep", "Deep", Link, nil)
	root := container.NewVScroll(container.NewVBox(NewCard(NewColumn(0, b))))
	if Find(root, "deep") != b {
		t.Error("a button in a card in a column is not found")
	}
	if Find(root, "nothing") != nil {
		t.Error("an unknown key was found")
	}
	b.Hide()
	if Find(root, "deep") != nil {
		t.Error("a hidden button was found")
	}
}

func TestTextsAreThoseThatShow(t *testing.T) {
	useTheme(t)
	hidden := NewText("hidden", Body)
	hidden.Hide()
	long := NewText("A sentence that needs two lines", Body)
	long.Resize(fyne.NewSize(100, 100))
	root := NewColumn(0, long, hidden, NewButton("b", "Next", Primary, nil), NewBadge("Default"), NewRow("r", RowSpec{Title: "Title", Detail: "Detail"}, nil))
	want := []string{"A sentence that needs two lines", "Next", "Default", "Title", "Detail"}
	if got := Texts(root); !slices.Equal(got, want) {
		t.Errorf("texts are %q, want %q", got, want)
	}
}

func TestEveryIconIsDrawn(t *testing.T) {
	useTheme(t)
	for _, icon := range []Icon{
		IconApp, IconMessage, IconCall, IconKey, IconMail, IconQuestion, IconLock, IconUnlock, IconShield, IconHelp, IconChevron, IconCheck, IconCopy,
		IconEye, IconEyeOff, IconWarning, IconInfo, IconPerson, IconTray, IconBack, IconClock, iconAlert, iconCircle, iconCross,
	} {
		light, ink := icon.in(Color(ColorSurface), 1.7), icon.in(Color(ColorInk), 1.7)
		if len(light.Content()) == 0 || light.Name() == ink.Name() || string(light.Content()) == string(ink.Content()) {
			t.Errorf("%s is missing, or has one colour only", icon)
		}
		if icon.in(Color(ColorInk), 1.7) != ink {
			t.Errorf("%s is tinted anew each time", icon)
		}
		if string(icon.in(Color(ColorInk), 3.4).Content()) == string(ink.Content()) {
			t.Errorf("%s keeps its thin lines when it is larger", icon)
		}
	}
}

func TestGivenIsWhatAPersonPutIn(t *testing.T) {
	useTheme(t)
	masked, hidden := NewField("masked", "Password"), NewField("hidden", "Hidden")
	masked.SetPassword("one line")
	masked.SetText("copper lantern")
	hidden.SetText("left out")
	hidden.Hide()
	cells, options, tick := NewCodeCells("cells", ""), NewOptions("options", "Which", []string{"one", "two"}, func() {}), NewTick("tick", "A tick", nil)
	cells.TypedRune('4')
	options.Select(1)
	tick.SetOn(true)
	root := NewColumn(0, masked, NewText("a text", Body), cells, hidden, options, NewCard(tick))
	if got, want := Given(root), []string{"copper lantern", "4", "1", "true"}; !slices.Equal(got, want) {
		t.Errorf("given is %q, want %q", got, want)
	}
}
