package tour

import "github.com/sparekey/sparekey/ui"

const (
	keyStory  = "key" // told only where there are virtual keys, as the next one
	careStory = "keycare"
	keyPIN    = "harbour-42"
)

// securityKeys: someone registers a key that has no PIN yet, signs in with it and resets the password with it; on the
// way the key is taken out too early, and the PIN is wrong.
func securityKeys(v *visitor) {
	ben := v.person("registered")
	v.handle("wait 0")
	v.setUp(ben)
	v.tap("info.add")
	v.tap("add.securitykey")
	v.page("key")
	v.see("Plug in your security key")
	v.snap("key-plug-in")
	v.handle("plug 0")
	v.see("Set a PIN for your key")
	v.typeIn("key.new", "123")
	v.typeIn("key.repeat", "123")
	v.tap("page.next")
	v.see("This PIN is too short")
	v.snap("key-new-pin-short")
	v.typeIn("key.new", keyPIN)
	v.typeIn("key.repeat", keyPIN)
	v.tap("page.next")
	v.see("Touch your key")
	v.snap("key-touch")
	v.handle("unplug 0")
	v.see("was taken out")
	v.snap("key-taken-out")
	v.handle("plug 0")
	v.see("Type your key's PIN")
	v.typeIn("key.pin", "harbour-41")
	v.tap("page.next")
	v.see("That is not the key's PIN. You have 7 tries left.")
	v.snap("key-wrong-pin")
	v.typeIn("key.pin", keyPIN)
	v.tap("page.next")
	v.handle("touch 0")
	v.see("Name your key")
	v.check("the key's own name is suggested", func() bool { return v.typed("key.name") == "Sample Key" })
	v.snap("key-name")
	v.typeIn("key.name", "Blue key")
	v.tap("page.next")
	v.page("info")
	v.see("Blue key")
	v.snap("key-registered")

	v.tap("info.add")
	v.tap("add.securitykey")
	v.see("Type your key's PIN")
	v.typeIn("key.pin", keyPIN)
	v.tap("page.next")
	v.handle("touch 0")
	v.see("This key is registered already")
	v.snap("key-registered-already")
	v.tap("page.back")
	v.page("info")
	v.finish()

	v.tap("home.set_up")
	v.signIn(ben.UserID, ben.Password)
	v.page("key")
	v.see("Type your key's PIN")
	v.snap("key-sign-in")
	v.useKey()
	v.page("info")
	v.see("used today")
	v.addText()
	v.finish()
	v.withoutTheKey(ben)

	v.handle("unplug 0")
	v.handle("plug 1")
	v.begin("home.forgot", ben.UserID)
	v.page("choose")
	v.tap("choose.securitykey")
	v.wrongKey()
	v.handle("wait 1")
	v.handle("plug 0")
	v.see("Touch the key to use")
	v.snap("key-several")
	v.handle("touch 0")
	v.useKey() // with its PIN it counts for both proofs
	v.chooseAnew(ben, "a brass key in a paper boat")
	v.handle("unplug 1")
	v.overTheLock(ben)
	v.forgetPIN(ben)
	v.handle("unplug 0")
}

// wrongKey takes one that was never registered, and has no PIN: none is set on it.
func (v *visitor) wrongKey() {
	v.see("This key is not registered here")
	v.snap("key-wrong-key")
}

// overTheLock guesses codes until recovery is locked: the key still leads on.
func (v *visitor) overTheLock(p ui.Sample) {
	v.rule("codes.tries = 1", "recovery.starts_per_hour = 60")
	for range 5 {
		v.begin("home.forgot", p.UserID)
		v.page("choose")
		v.tap("choose.authapp")
		v.page("code")
		v.typeIn("code.cells", v.wrong(p))
		v.page("choose")
		v.tap("page.cancel")
		v.page("home")
	}
	v.begin("home.forgot", p.UserID)
	v.page("key")
	v.see("Your security key still works")
	v.see("Type your key's PIN")
	v.snap("key-over-the-lock")
	v.useKey()
	v.chooseAnew(p, "four lanterns on the slipway")
}

// forgetPIN tries wrong PINs until the key takes none any more, not even on its own page.
func (v *visitor) forgetPIN(p ui.Sample) {
	v.begin("home.forgot", p.UserID)
	v.page("choose")
	v.tap("choose.securitykey")
	v.wrongPINs(3)
	v.see("once the key is back, you can try again")
	v.snap("key-pause")
	v.takeOutAndPutBack()
	v.wrongPINs(2)
	v.see("3 more wrong PINs, and this key is blocked")
	v.snap("key-few-tries")
	v.wrongPINs(1)
	v.see("once the key is back, you can try again")
	v.takeOutAndPutBack()
	v.wrongPINs(2)
	v.see("Only a factory reset opens it again")
	v.snap("key-blocked")
	v.takeOutAndPutBack()
	v.see("Only a factory reset opens it again")
	v.check("no PIN is asked for", func() bool { return v.find("key.pin") == nil })
	v.tap("page.cancel")
	v.page("home")
	v.tap("home.keycare")
	v.page("keycare_key")
	v.see("this key is blocked")
	v.snap("keycare-blocked")
	v.tap("page.home")
	v.page("home")
}

// wrongPINs answers the key's question wrongly.
func (v *visitor) wrongPINs(n int) {
	for range n {
		v.see("Type your key's PIN")
		v.typeIn("key.pin", "harbour-41")
		v.tap("page.next")
	}
}

// takeOutAndPutBack does so with the first key.
func (v *visitor) takeOutAndPutBack() {
	v.handle("unplug 0")
	v.handle("plug 0")
}

// useKey proves who one is with the key that is plugged in.
func (v *visitor) useKey() {
	v.see("Type your key's PIN")
	v.typeIn("key.pin", keyPIN)
	v.tap("page.next")
	v.handle("touch 0")
}

// handle does something with a virtual key.
func (v *visitor) handle(order string) {
	v.act("key: "+order, func() error { return v.o.Key(order) })
}
