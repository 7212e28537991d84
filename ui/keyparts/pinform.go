package keyparts

import (
	"strconv"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

const (
	leastPIN   = 4  // characters, when the key doesn't say
	longestPIN = 63 // bytes (CTAP 2.1, section 6.5.1)
)

// PINForm is where a key's new PIN is typed, twice, by the key's own rules: they stand there before the first character.
type PINForm struct {
	PIN, Again *kit.Field
	page       *shell.PageBase
	least      int // characters
	rules      *kit.Checklist
	space      *kit.Note // that a space at an end counts
}

// NewPINForm makes the two fields, which have these keys; Enter in the second one does what the primary button does.
func NewPINForm(b *shell.PageBase, k app.KeyInfo, key, repeat string) *PINForm {
	n := &PINForm{page: b, least: max(leastPIN, k.MinPINLength), rules: kit.NewChecklist(),
		space: kit.NewNote(kit.NoteInfo, words.Text("key.new.space")),
		PIN:   NewPINField(key, words.Text("key.new.label")), Again: NewPINField(repeat, words.Text("key.new.again"))}
	n.space.Hide()
	n.PIN.OnChanged = func(given string) {
		n.PIN.SetError("")
		n.onAgain(n.Again.Text())
		n.judge(given)
	}
	n.Again.OnChanged = n.onAgain
	n.PIN.OnSubmitted = func(string) { b.Focus(n.Again) }
	n.Again.OnSubmitted = func(string) { b.Enter() }
	n.judge("")
	return n
}

// NewPINField takes a PIN.
func NewPINField(key, label string) *kit.Field {
	f := kit.NewField(key, label)
	f.SetPassword(words.Text("field.many_lines"))
	f.OnChanged = func(string) { f.SetError("") }
	return f
}

// Body is what stands on the page.
func (n *PINForm) Body() []fyne.CanvasObject {
	return []fyne.CanvasObject{n.PIN, n.rules, n.space, n.Again}
}

// onAgain says of a PIN that is all there whether a space stands at an end of it, where nobody sees it.
func (n *PINForm) onAgain(again string) {
	n.Again.SetError("")
	if shown := again != "" && typed.SpaceAtEnds(n.PIN.Text()); shown == n.space.Hidden {
		n.space.Hidden = !shown
		n.page.Refresh()
	}
}

// judge ticks the rules that hold. The longest PIN goes without saying, until it is too long.
func (n *PINForm) judge(given string) {
	pin := typed.NFC(given) // as the driver hands it on
	items := []kit.Check{NewCheck(words.Plural("key.rule.min", n.least), utf8.RuneCountInString(pin) >= n.least)}
	if len(pin) > longestPIN {
		items = append(items, kit.Check{Text: words.Text("key.new.long"), State: kit.Refused})
	}
	n.rules.SetItems(items)
}

// NewCheck is a line of a checklist.
func NewCheck(line string, met bool) kit.Check {
	if met {
		return kit.Check{Text: line, State: kit.Met}
	}
	return kit.Check{Text: line}
}

// Refused says beside its field what is wrong with what was typed, if anything is. old is the PIN that the key has, where
// that is known.
func (n *PINForm) Refused(old string) bool {
	pin := typed.NFC(n.PIN.Text()) // as the driver hands it on
	switch problem := pinProblem(pin, n.least); {
	case problem != "":
		n.page.Refuse(n.PIN, problem)
	case pin == typed.NFC(old):
		n.page.Refuse(n.PIN, words.Text("keycare.pin_same"))
	case n.Again.Text() == "":
		n.page.Refuse(n.Again, words.Text("key.new.again_empty"))
	case pin != typed.NFC(n.Again.Text()):
		n.page.Refuse(n.Again, words.Text("key.new.mismatch"))
	default:
		return false
	}
	return true
}

// Wipe takes what was typed out of the fields.
func (n *PINForm) Wipe() {
	n.PIN.SetText("")
	n.Again.SetText("")
}

// pinProblem says what is wrong with a new PIN, as far as that can be seen here.
func pinProblem(pin string, least int) string {
	switch count := utf8.RuneCountInString(pin); {
	case count == 0:
		return words.Text("key.pin.empty")
	case count < least:
		return shell.Refusal(&app.Error{Code: app.CodeKeyPINShort, Params: map[string]string{"min": strconv.Itoa(least)}}, "")
	case len(pin) > longestPIN:
		return words.Text("key.new.long")
	}
	return ""
}
