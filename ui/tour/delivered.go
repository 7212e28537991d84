package tour

import "github.com/sparekey/sparekey/ui"

// What someone has who is reached in three ways, and a number that no telephone has.
const (
	homeMail   = "chiara@letters.example"
	officeDesk = office + ";ext=4400"
	nobodys    = "+442079460009"
)

// delivered: someone registers a private mailbox, a mobile number for texts and the office's for calls, with the codes that really
// arrive there, is told what became of each, and resets the password with a text and a call.
func delivered(v *visitor) {
	chiara := v.person("one")
	v.page("home")
	v.tap("home.set_up")
	v.signIn(chiara.UserID, chiara.Password)
	v.page("code")
	v.typeIn("code.cells", v.fresh(chiara))
	v.page("choose")
	v.byMail()
	v.page("registered")
	v.snap("mail-registered")
	v.tap("page.next")
	v.page("done")
	v.tap("page.next")
	v.page("home")
	v.tap("home.set_up")
	v.byText()
	v.byCall()
	v.page("info")
	v.snap("really-registered")
	v.finish()
	v.resetByTextAndCall(chiara, "Four gulls on the tide table 4")
}

// byMail registers a private mailbox.
func (v *visitor) byMail() {
	v.tap("choose.email")
	v.page("address")
	v.typeIn("address.field", homeMail)
	v.tap("page.next")
	v.page("code")
	v.see("Handed over at") // nobody says of a mail that it has arrived
	v.snap("mail-handed-over")
	v.typeIn("code.cells", v.mailed(homeMail))
}

// byText registers a mobile number.
func (v *visitor) byText() {
	v.page("info")
	v.tap("info.add")
	v.tap("add.sms")
	v.page("phone")
	v.typeIn("phone.field", mobile)
	v.snap("text-to")
	v.tap("page.next")
	v.page("code")
	v.see("It has arrived")
	v.snap("text-arrived")
	v.typeIn("code.cells", v.mailed(mobile))
}

// byCall registers the office's number, with an extension; the first one that is typed is nobody's.
func (v *visitor) byCall() {
	v.page("info")
	v.tap("info.add")
	v.tap("add.voice")
	v.page("phone")
	v.tap("phone.use.3")
	v.typeIn("phone.field", nobodys)
	v.tap("page.next")
	v.page("code")
	v.see("The call did not get through")
	v.snap("called-nobody")
	v.tap("page.back")
	v.page("phone")
	v.tap("phone.use.3")
	v.typeIn("phone.field", office)
	v.typeIn("phone.extension", "4400")
	v.snap("call-to")
	v.tap("page.next")
	v.page("code")
	v.see("We called at")
	v.snap("called")
	v.typeIn("code.cells", v.mailed(officeDesk))
}

// resetByTextAndCall resets a password, which is the one that signs in from then on.
func (v *visitor) resetByTextAndCall(p ui.Sample, password string) {
	v.begin("home.forgot", p.UserID)
	v.page("choose")
	v.snap("choose-of-what-arrives")
	v.tap("choose.sms")
	v.page("phone")
	v.typeIn("phone.field", mobile)
	v.tap("page.next")
	v.page("code")
	v.see("It has arrived")
	v.snap("reset-text-arrived")
	v.typeIn("code.cells", v.mailed(mobile))
	v.page("choose")
	v.tap("choose.voice")
	v.page("code")
	v.see("We called at")
	v.snap("reset-called")
	v.typeIn("code.cells", v.mailed(officeDesk))
	v.page("new_password")
	v.typeIn("password.new", password)
	v.typeIn("password.again", password)
	v.snap("reset-by-what-arrived")
	v.tap("page.next")
	v.page("done")
	v.snap("reset-by-what-arrived-done")
	v.tap("page.next")
	v.page("home")
	v.tap("home.set_up")
	v.signIn(p.UserID, password)
	v.page("code")
	v.tap("page.cancel")
	v.page("home")
	v.check("nobody is signed in", func() bool { return v.find("rail.sign_out") == nil })
}
