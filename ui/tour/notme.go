package tour

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// notMe: somebody says about a notice "this wasn't me". Self-service is frozen, which a person who knows the password is told, and
// two ways from before lift that.
func notMe(v *visitor) {
	jonas := v.person("stale")
	v.toPassword(jonas)
	v.typeIn("password.new", newPassword)
	v.typeIn("password.again", newPassword)
	v.tap("page.next")
	v.page("done")
	v.check("the change was told", func() bool { return v.told(app.MessagePasswordChanged, jonas.UserID) })
	v.tap("page.next")
	v.page("home")

	v.act("let a minute pass", func() error { v.o.Pass(time.Minute); return nil })
	v.tap("banner.tray")
	v.snap("not-me-notice")
	v.tap("tray.object")
	v.see("Self-service for that account is frozen")
	v.snap("not-me-said")
	v.tap("banner.tray")
	v.check("the owner was told", func() bool { return v.told(app.MessageFrozen, jonas.Contacts[0]) })
	v.check("the help desk was asked", func() bool { return v.sent(app.MessageHelpRequest, jonas.UserID) })

	v.tap("home.set_up")
	v.signIn(jonas.UserID, newPassword)
	v.page("blocked")
	v.see("Self-service for your account is frozen")
	v.snap("frozen")
	v.tap("blocked.lift")
	v.page("user_id")
	v.tap("page.next")
	v.worked()
	v.page("choose")
	v.see("Prove two ways that you had before")
	v.snap("frozen-choose")
	v.tap("choose.authapp")
	v.page("code")
	v.typeIn("code.cells", v.fresh(jonas))
	v.see("Type the code from the email")
	v.snap("frozen-second-way")
	v.typeIn("code.cells", v.mailed(jonas.Contacts[0]))
	v.page("new_password")
	v.see("Self-service works again")
	v.snap("unfrozen")
	v.check("the lift was told", func() bool { return v.told(app.MessageUnfrozen, jonas.Contacts[0]) })
	v.tap("page.cancel")
	v.page("home")
}
