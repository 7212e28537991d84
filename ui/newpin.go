package ui

import (
	"strconv"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

const (
	leastPIN   = 4  // characters, when the key doesn't say
	longestPIN = 63 // bytes (CTAP 2.1, section 6.5.1)
)

// newPIN is where a key's new PIN is typed, twice, by the key's own rules: they stand there before the first character.
type NewPIN struct {
	sheet      *PageBase
	least      int // characters
	pin, again *kit.Field
	rules      *kit.Checklist
}

// takeNewPIN makes the two fields, which have these keys; Enter in the second one does what the primary button does.
func (s *PageBase) takeNewPIN(k app.KeyInfo, key, repeat string) *NewPIN {
	n := &NewPIN{sheet: s, least: max(leastPIN, k.MinPINLength), rules: kit.NewChecklist(),
		pin: NewPINField(key, words.Text("key.new.label")), again: NewPINField(repeat, words.Text("key.new.again"))}
	n.pin.OnChanged = func(typed string) {
		n.pin.SetError("")
		n.again.SetError("")
		n.judge(typed)
	}
	n.pin.OnSubmitted = func(string) { s.Focus(n.again) }
	n.again.OnSubmitted = func(string) { s.Enter() }
	n.judge("")
	return n
}

// pinField takes a PIN.
func NewPINField(key, label string) *kit.Field {
	f := kit.NewField(key, label)
	f.SetPassword()
	f.OnChanged = func(string) { f.SetError("") }
	return f
}

// body is what stands on the page.
func (n *NewPIN) body() []fyne.CanvasObject { return []fyne.CanvasObject{n.pin, n.rules, n.again} }

// judge ticks the rules that hold. The longest PIN goes without saying, until it is too long.
func (n *NewPIN) judge(typed string) {
	items := []kit.Check{NewCheck(words.Plural("key.rule.min", n.least), utf8.RuneCountInString(typed) >= n.least)}
	if len(typed) > longestPIN {
		items = append(items, kit.Check{Text: words.Text("key.new.long"), State: kit.Refused})
	}
	n.rules.SetItems(items)
}

func NewCheck(words string, met bool) kit.Check {
	if met {
		return kit.Check{Text: words, State: kit.Met}
	}
	return kit.Check{Text: words}
}

// refused says beside its field what is wrong with what was typed, if anything is. old is the PIN that the key has, where
// that is known.
func (n *NewPIN) refused(old string) bool {
	typed := n.pin.Text()
	switch problem := pinProblem(typed, n.least); {
	case problem != "":
		n.sheet.Refuse(n.pin, problem)
	case typed == old:
		n.sheet.Refuse(n.pin, words.Text("keycare.pin_same"))
	case n.again.Text() == "":
		n.sheet.Refuse(n.again, words.Text("key.new.again_empty"))
	case typed != n.again.Text():
		n.sheet.Refuse(n.again, words.Text("key.new.mismatch"))
	default:
		return false
	}
	return true
}

// wipe takes what was typed out of the fields.
func (n *NewPIN) wipe() {
	n.pin.SetText("")
	n.again.SetText("")
}

// pinProblem says what is wrong with a new PIN, as far as that can be seen here.
func pinProblem(typed string, least int) string {
	switch count := utf8.RuneCountInString(typed); {
	case count == 0:
		return words.Text("key.pin.empty")
	case count < least:
		return Refusal(&app.Error{Code: app.CodeKeyPINShort, Params: map[string]string{"min": strconv.Itoa(least)}}, "")
	case len(typed) > longestPIN:
		return words.Text("key.new.long")
	}
	return ""
}
