package tour

import "github.com/sparekey/sparekey/ui"

// addText registers a number for texts, while the key is at hand, where an earlier story has not: of two numbers one has to be
// typed in full.
func (v *visitor) addText() {
	if v.has("info.sms") {
		return
	}
	v.tap("info.add")
	v.tap("add.sms")
	v.page("phone")
	v.typeIn("phone.field", "+61 491 570 156")
	v.tap("page.next")
	v.page("code")
	v.typeIn("code.cells", v.mailed(mobile))
	v.page("info")
}

// withoutTheKey signs in by the app, and shows a number in full by two other ways, since the key is not at hand.
func (v *visitor) withoutTheKey(p ui.Sample) {
	v.handle("unplug 0")
	v.tap("home.set_up")
	v.signIn(p.UserID, p.Password)
	v.page("key")
	v.tap("page.another")
	v.page("others")
	v.tap("others.authapp")
	v.page("code")
	v.typeIn("code.cells", v.fresh(p))
	v.page("info")
	v.tap("info.sms")
	v.page("method")
	v.tap("method.reveal")
	v.page("key")
	v.snap("lost-key")
	v.tap("page.another")
	v.page("others")
	v.see("it takes two of these")
	v.snap("lost-key-two-ways")
	v.tap("others.sms")
	v.page("code")
	v.see("Without your security key")
	v.snap("lost-key-first")
	v.typeIn("code.cells", v.mailed(mobile))
	v.see("once more, another way")
	if v.has("choose.authapp") { // where an earlier story registered the telephone for calls, too
		v.tap("choose.authapp")
		v.page("code")
	}
	v.snap("lost-key-second")
	v.typeIn("code.cells", v.fresh(p))
	v.page("revealed")
	v.snap("lost-key-opened")
	v.tap("page.next")
	v.page("info")
	v.finish()
	v.handle("plug 0")
}
