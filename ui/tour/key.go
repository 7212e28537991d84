package tour

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
	v.finish()

	v.begin("home.forgot", ben.UserID)
	v.page("choose")
	v.handle("wait 1")
	v.handle("plug 1")
	v.tap("choose.securitykey")
	v.see("Touch the key to use")
	v.snap("key-several")
	v.handle("touch 0")
	v.useKey() // with its PIN it counts for both proofs
	v.chooseAnew(ben, "a brass key in a paper boat")
	v.handle("unplug 0")
	v.handle("unplug 1")
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
