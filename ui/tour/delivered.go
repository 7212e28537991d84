package tour

// delivered: someone registers a private mailbox, a mobile number for texts and the office's for calls, with the codes that really
// arrive there, is told what became of each, and resets the password with a text and a call.
func delivered(v *visitor) {
	chiara := v.person("one")
	const home = "chiara@letters.example"
	v.page("home")
	v.tap("home.set_up")
	v.signIn(chiara.UserID, chiara.Password)
	v.page("code")
	v.typeIn("code.cells", v.fresh(chiara))
	v.page("choose")
	v.tap("choose.email")
	v.page("address")
	v.typeIn("address.field", home)
	v.tap("page.next")
	v.page("code")
	v.see("Handed over at")
	v.snap("mail-handed-over")
	v.typeIn("code.cells", v.mailed(home))
	v.page("registered")
	v.tap("page.next")
	v.page("done")
	v.tap("page.next")
	v.page("home")
}
