package tour

import (
	"regexp"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// pass: someone who begins today gets a pass, chooses the first password, and registers.
func pass(v *visitor) {
	ines := v.person("new")
	v.page("home")
	v.tap("home.never")
	v.page("never")
	v.snap("never")
	v.tap("never.pass")
	v.page("sign_in")
	v.see("Sign in with a pass")
	v.typeIn("pass.user_id", ines.UserID)
	v.typeIn("pass.field", "7Q4M-XD0K")
	v.tap("page.next")
	v.see("twelve letters and digits. Check")
	v.snap("pass-malformed")
	v.typeIn("pass.field", "7Q4M-XD0K-92TB")
	v.tap("page.next")
	v.see("This pass doesn't work")
	v.snap("pass-wrong")
	v.check("what was typed is still there", func() bool { return v.typed("pass.field") == "7Q4M-XD0K-92TB" })

	v.tap("banner.try")
	v.page("try")
	v.snap("sample-people")
	v.tap("try.new.pass")
	v.page("given")
	v.snap("pass-given")
	code := v.given()
	v.tap("page.next")
	v.page("sign_in")
	v.check("the user ID is there", func() bool { return v.typed("pass.user_id") == ines.UserID })
	v.typeIn("pass.field", strings.ToLower(code))
	v.snap("sign-in-with-a-pass")
	v.tap("page.next")

	v.page("new_password")
	v.see("Choose your password")
	v.snap("first-password")
	v.typeIn("password.new", newPassword)
	v.typeIn("password.again", newPassword)
	v.tap("page.next")
	v.page("choose")
	v.see("Your password is set")
	v.snap("first-password-set")
	v.check("they were told", func() bool {
		return v.told(app.MessagePassIssued, ines.UserID) && v.told(app.MessagePassUsed, ines.UserID)
	})

	v.tap("choose.authapp")
	v.page("secret")
	v.phone(ines.UserID, v.key())
	v.typeIn("code.cells", v.nextCode(ines.UserID))
	v.page("choose")
	v.tap("choose.email")
	v.page("address")
	v.typeIn("address.field", "ines@letters.example")
	v.tap("page.next")
	v.page("code")
	v.typeIn("code.cells", v.mailed("ines@letters.example"))
	v.page("registered")
	v.tap("page.next")
	v.page("done")
	v.snap("registered-by-pass")
	v.tap("page.next")
	v.page("home")
	v.see("Set up ways back in") // nobody is signed in any more
}

// reconfirm: someone who registered long ago says that it is still right; and puts it off first.
func reconfirm(v *visitor) {
	jonas := v.person("stale")
	v.page("home")
	v.tap("home.set_up")
	v.signIn(jonas.UserID, jonas.Password)
	v.page("code")
	v.typeIn("code.cells", v.fresh(jonas))
	v.page("reconfirm")
	v.snap("reconfirm")
	v.tap("page.cancel")
	v.page("home")
	v.tap("home.set_up")
	v.page("reconfirm")
	v.tap("reconfirm.change")
	v.page("info")
	v.tap("page.home")
	v.page("home")
	v.tap("home.set_up")
	v.page("reconfirm")
	v.tap("page.next")
	v.page("done")
	v.snap("reconfirmed")
	v.tap("page.next")
	v.page("home")
	v.tap("home.set_up")
	v.finish()
}

var passForm = regexp.MustCompile(`^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$`)

// given reads the pass off the page.
func (v *visitor) given() string {
	var code string
	v.act("read the pass off the page", func() error {
		return v.until(func() bool {
			for _, text := range kit.Texts(v.o.Window.Root()) {
				if passForm.MatchString(text) {
					code = text
				}
			}
			return code != ""
		})
	})
	return code
}
