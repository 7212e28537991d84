package kit

import (
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// touchTheme is useTheme as large as at a kiosk.
func touchTheme(t *testing.T) {
	t.Helper()
	app := test.NewTempApp(t)
	own, err := NewTheme("", 1.5)
	if err != nil {
		t.Fatal(err)
	}
	app.Settings().SetTheme(Forced(own, theme.VariantLight))
}

// caps are the keys that are shown.
func caps(k *Keyboard) []*keycap {
	var all []*keycap
	for _, row := range k.rows {
		all = append(all, row...)
	}
	return all
}

// capOf is the key with a name.
func capOf(t *testing.T, k *Keyboard, name string) *keycap {
	t.Helper()
	for _, c := range caps(k) {
		if c.key == "keyboard."+name {
			return c
		}
	}
	t.Fatalf("there is no key %q", name)
	return nil
}

func tapCaps(t *testing.T, k *Keyboard, names ...string) {
	t.Helper()
	for _, name := range names {
		capOf(t, k, name).Tapped(nil)
	}
}

func TestKeysTypeIntoWhatHasTheFocus(t *testing.T) {
	useTheme(t)
	k := NewKeyboard(KeyLayouts(), func() {})
	field := NewField("f", "Label")
	w := show(t, NewColumn(8, field, k), 800, 600)
	w.Canvas().Focus(field.Entry())
	k.SetTarget(field.Entry())
	tapCaps(t, k, "q", "shift", "W", "e", "space", "signs", "4", "accents", "é", "backspace", "@")
	if got := field.Text(); got != "qWe 4@" {
		t.Errorf("typed %q", got)
	}
	field.SetPassword("one line")
	tapCaps(t, k, "accents", "shift", "shift", "A", "B")
	if got := field.Text(); got != "qWe 4@AB" {
		t.Errorf("into a password, with capitals locked: %q", got)
	}
	sent := ""
	field.OnSubmitted = func(text string) { sent = text }
	tapCaps(t, k, "enter")
	if sent != "qWe 4@AB" {
		t.Errorf("Enter sent %q", sent)
	}
}

func TestKeysGiveTheFocusBack(t *testing.T) {
	useTheme(t)
	k := NewKeyboard(KeyLayouts(), func() {})
	field := NewField("f", "Label")
	w := show(t, NewColumn(8, field, k), 800, 600)
	k.SetTarget(field.Entry())
	w.Canvas().Unfocus() // as the toolkit does when something beside the field is tapped
	tapCaps(t, k, "x")
	if w.Canvas().Focused() != field.Entry() || field.Text() != "x" {
		t.Errorf("the focus is on %T, the field has %q", w.Canvas().Focused(), field.Text())
	}
}

func TestACodeGetsDigitsAlone(t *testing.T) {
	useTheme(t)
	k := NewKeyboard(KeyLayouts(), func() {})
	cells := NewCodeCells("c", "")
	w := show(t, NewColumn(8, cells, k), 800, 600)
	w.Canvas().Focus(cells)
	k.SetTarget(cells)
	if !k.Digits() {
		t.Fatal("a code has letters to type")
	}
	tapCaps(t, k, "4", "7", "1", "backspace", "1", "1")
	if got := cells.Text(); got != "4711" {
		t.Errorf("typed %q", got)
	}
	field := NewField("f", "")
	field.SetDigits()
	k.SetTarget(field.Entry())
	if !k.Digits() {
		t.Error("a field for a number has letters to type")
	}
}

// TestEveryLayoutTypesWhatAPasswordMayHave looks through all that the keys of each layout show.
func TestEveryLayoutTypesWhatAPasswordMayHave(t *testing.T) {
	touchTheme(t)
	for _, layout := range KeyLayouts() {
		for _, height := range []float32{768, 1080} {
			k := NewKeyboard([]KeyLayout{layout}, func() {})
			k.SetTall(height)
			typed := map[rune]bool{}
			for _, l := range []layer{layerLetters, layerAccents, layerSigns, layerMoreSigns} {
				for _, s := range []shifted{shiftOff, shiftOnce} {
					k.layer, k.shift = l, s
					k.make()
					once := map[string]bool{}
					for _, c := range caps(k) {
						if once[c.key] {
							t.Errorf("%s, layer %d: %s is there twice", layout.ID, l, c.key)
						}
						once[c.key] = true
						if name := []rune(strings.TrimPrefix(c.key, "keyboard.")); c.plain && len(name) == 1 {
							typed[name[0]] = true
						}
					}
					if last, rest := k.rows[len(k.rows)-1], k.rows[:len(k.rows)-1]; columnsOf(last) != widestOf(rest) {
						t.Errorf("%s, layer %d: the last row has %v columns, the others %v", layout.ID, l, columnsOf(last), widestOf(rest))
					}
				}
			}
			for r := rune('!'); r <= '~'; r++ {
				if !typed[r] {
					t.Errorf("%s: nothing types %q", layout.ID, r)
				}
			}
			for _, r := range strings.Join(layout.Letters[:], "") {
				if !typed[unicode.ToUpper(r)] {
					t.Errorf("%s: no capital of %q", layout.ID, r)
				}
			}
		}
	}
}

// TestKeysAreLargeEnoughForFingers at the smallest screen that a kiosk may have, by the pictures' measure: 64 pixels high. WCAG
// 2.2, success criterion 2.5.5, wants 44 of each side.
func TestKeysAreLargeEnoughForFingers(t *testing.T) {
	touchTheme(t)
	for _, layout := range KeyLayouts() {
		k := NewKeyboard(append([]KeyLayout{layout}, KeyLayouts()[0]), func() {})
		w := show(t, k, 1024, 420)
		w.Canvas().Refresh(k)
		for _, c := range caps(k) {
			if size := c.Size(); size.Height < 64 || size.Width < 64 {
				t.Errorf("%s: %s is %v", layout.ID, c.key, size)
			}
			if right := c.Position().X + c.Size().Width; c.Position().X < 0 || right > 1024 {
				t.Errorf("%s: %s reaches from %v to %v", layout.ID, c.key, c.Position().X, right)
			}
		}
	}
}

func TestAPublicScreenOffersNoMenuAndCopiesNothing(t *testing.T) {
	useTheme(t)
	touches := 0
	SetPublic(&Public{Touched: func() { touches++ }, Typing: func(fyne.Focusable) {}})
	defer SetPublic(nil)
	field, cells := NewField("f", ""), NewCodeCells("c", "")
	w := show(t, NewColumn(8, field, cells), 600, 300)
	clipboard := fyne.CurrentApp().Clipboard()
	clipboard.SetContent("482913")
	field.SetText("secret")
	typed := field.Entry().(*entry)
	for _, shortcut := range []fyne.Shortcut{&fyne.ShortcutSelectAll{}, &fyne.ShortcutCopy{Clipboard: clipboard}, &fyne.ShortcutCut{Clipboard: clipboard}, &fyne.ShortcutPaste{Clipboard: clipboard}} {
		typed.TypedShortcut(shortcut)
		cells.TypedShortcut(shortcut)
	}
	if clipboard.Content() != "482913" || field.Text() != "secret" || cells.Text() != "" {
		t.Errorf("the clipboard has %q, the field %q, the cells %q", clipboard.Content(), field.Text(), cells.Text())
	}
	typed.TappedSecondary(&fyne.PointEvent{})
	cells.TappedSecondary(&fyne.PointEvent{})
	if over := w.Canvas().Overlays().List(); len(over) != 0 {
		t.Errorf("a right click shows %T", over[0])
	}
	if touches == 0 {
		t.Error("nobody heard that somebody is there")
	}
}

func TestWhatIsErasedCannotBeBroughtBack(t *testing.T) {
	useTheme(t)
	field, cells, hidden := NewField("f", ""), NewCodeCells("c", ""), NewField("h", "")
	all := NewColumn(8, field, cells, hidden)
	w := show(t, all, 600, 300)
	w.Canvas().Focus(field.Entry())
	test.Type(field.Entry(), "secret")
	test.Type(hidden.Entry(), "secret")
	test.Type(cells, "4829")
	digits := cells.buffer.digits
	hidden.Hide()
	Erase(all)
	for _, f := range []*Field{field, hidden} {
		f.entry.TypedShortcut(&fyne.ShortcutUndo{})
		if f.Text() != "" {
			t.Errorf("%s has %q", f.Key(), f.Text())
		}
	}
	if cells.Text() != "" || strings.ContainsAny(string(digits), "4829") {
		t.Errorf("the cells have %q, and had %q in memory", cells.Text(), string(digits))
	}
}
