package tour

import (
	"time"

	"fyne.io/fyne/v2"
)

// unlock: someone whom the directory has locked knows the password, and keeps it.
func unlock(v *visitor) {
	farid := v.person("locked")
	v.begin("home.locked", farid.UserID)
	v.page("choose")
	v.tap("choose.authapp")
	v.page("code")
	v.typeIn("code.cells", farid.App(time.Now()))
	v.see("Type the code from the email")
	v.typeIn("code.cells", v.mailed("farid.moreau@mail.example"))
	v.page("unlock")
	v.snap("unlock-or-new-password")
	v.tap("unlock.new")
	v.page("new_password")
	v.tap("page.back")
	v.page("unlock")
	v.tap("unlock.only")
	v.page("current")
	v.snap("unlock-password")
	v.typeIn("current.password", "not this one")
	v.press(fyne.KeyReturn)
	v.see("That is not your password")
	v.see("Your account is unlocked")
	v.snap("unlock-password-wrong")
	v.typeIn("current.password", farid.Password)
	v.press(fyne.KeyReturn)
	v.page("done")
	v.see("Your password is still the same")
	v.snap("unlocked")
	v.tap("page.next")
	v.page("home")
}

// never: someone who never had a password proves who they are by contacts that were entered beforehand, chooses the
// first one, finds the contacts registered, and confirms the one that is left.
func never(v *visitor) {
	hugo := v.person("never")
	mail, phone := hugo.Contacts[0], hugo.Contacts[1]
	v.begin("home.never", hugo.UserID)
	v.page("choose")
	v.snap("first-password-choose")
	v.tap("choose.sms")
	v.page("phone")
	v.typeIn("phone.field", phone)
	v.tap("page.next")
	v.page("code")
	v.typeIn("code.cells", v.mailed(phone))
	v.see("Type the code from the email")
	v.snap("first-password-second-contact")
	v.typeIn("code.cells", v.mailed(mail))
	v.page("new_password")
	v.typeIn("password.new", "two otters on the last ferry")
	v.typeIn("password.again", "two otters on the last ferry")
	v.tap("page.next")
	v.page("done")
	v.see("You have your first password")
	v.snap("first-password")
	v.tap("page.next")

	v.page("home")
	v.tap("home.set_up")
	v.signIn(hugo.UserID, "two otters on the last ferry")
	v.page("code")
	v.typeIn("code.cells", v.mailed(phone))
	v.page("info")
	v.see("Entered by your organisation")
	v.snap("contact-not-confirmed")
	v.tap("info.voice")
	v.page("method")
	v.snap("contact-not-confirmed-method")
	v.tap("method.confirm")
	v.page("phone")
	v.typeIn("phone.field", phone)
	v.tap("page.next")
	v.page("code")
	v.typeIn("code.cells", v.mailed(phone))
	v.page("info")
	v.check("nothing is left to confirm", func() bool { return !v.shows("not confirmed yet") })
	v.finish()
}
