package step

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// What the tests of this package, which open the whole window, need of its insides.

const TouchAfter = touchAfter

// Submit sends an input to the flow at hand.
func Submit(w *shell.Window, in app.Input) { w.Visit().(*flow).submit(in) }

// State is the flow at hand.
func State(w *shell.Window) *app.Flow { return &w.Visit().(*flow).Flow }

// KeysSeen are the keys of which the key page has heard.
func KeysSeen(w *shell.Window) []app.KeyInfo { return w.Shown().(*keyPage).here }

// Rules are the lines of the new password's checklist.
func Rules(w *shell.Window) []kit.Check { return w.Shown().(*passwordPage).checks.Items() }

// EachKeyStage shows the stages of the key page, one after the other.
func EachKeyStage(w *shell.Window, key app.KeyInfo, permission *app.Error, look func(name string)) {
	page := w.Shown().(*keyPage)
	pick, give := func(int) {}, func(app.Secret) {}
	for name, stage := range map[string]keyStage{
		"plug": page.plugIn, "working": page.working, "answered": page.answered,
		"touch":    page.touch(app.KeyState{Want: app.KeyWantsFinger, Last: &app.Error{Code: app.CodeKeyFingerWrong, TriesLeft: 1}}),
		"choose":   page.choose([]app.KeyInfo{key, key}, pick),
		"accounts": page.accounts([]app.KeyAccount{{Name: "ana"}, {DisplayName: "Ana"}}, pick),
		"pin":      page.pin(app.KeyState{Key: key, Last: &app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 1}}, give),
		"new":      page.newPIN(app.KeyState{Key: key}, give),
		"trouble":  page.trouble(&app.Error{Code: app.CodeKeyPINBlocked}), "permission": page.trouble(permission),
	} {
		page.showStage(stage)
		look(name)
	}
}
