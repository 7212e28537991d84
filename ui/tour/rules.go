package tour

import (
	"regexp"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/ui/kit"
)

// What the sample organisation's policy does not show: the same window under another one.

// rule puts another policy in force while the window is open: the trial's own, with a few settings replaced.
func (v *visitor) rule(settings ...string) {
	v.act("apply a policy: "+strings.Join(settings, ", "), func() error {
		v.ruled = true
		return v.o.Policy(strings.Join(settings, "\n"))
	})
}

// restorePolicy puts the trial's own policy back, whatever became of the story.
func (v *visitor) restorePolicy() {
	if !v.ruled {
		return
	}
	v.ruled = false
	told := v.err
	v.err = nil
	v.act("put the policy back", func() error { return v.o.Policy("") })
	if told != nil {
		v.err = told
	}
}

// passNeeded: where the first registration takes a pass, a password alone leads to the help desk.
func passNeeded(v *visitor) {
	ana := v.person("ready")
	v.rule(`registration.first = "pass"`)
	v.page("home")
	v.tap("home.set_up")
	v.signIn(ana.UserID, ana.Password)
	v.page("blocked")
	v.see("You need a pass first")
	v.snap("pass-needed")
	v.tap("blocked.pass")
	v.page("sign_in")
	v.check("the user ID is there", func() bool { return v.typed("pass.user_id") == ana.UserID })
	v.tap("page.cancel")
	v.page("home")
	v.tap("rail.sign_out")
	v.page("home")
}

// required: where registering is required, signing in leads into it, and out of it only by signing out.
func required(v *visitor) {
	chiara := v.person("one")
	v.rule(`registration.mode = "required"`)
	v.page("home")
	v.tap("home.set_up")
	v.signIn(chiara.UserID, chiara.Password)
	v.page("code")
	v.typeIn("code.cells", v.fresh(chiara))
	v.page("choose")
	v.see("before anything else")
	v.check("it can't be put off", func() bool { return !v.shows("Not now") })
	v.snap("registration-required")
	v.tap("page.cancel")
	v.page("home")
	v.check("nobody is signed in", func() bool { return v.find("rail.sign_out") == nil })
}

// changed: a method disappears while someone is about to choose it.
func changed(v *visitor) {
	chiara := v.person("one")
	v.page("home")
	v.tap("home.set_up")
	v.signIn(chiara.UserID, chiara.Password)
	v.page("code")
	v.typeIn("code.cells", v.fresh(chiara))
	v.page("choose")
	v.check("a text message is among the ways", func() bool { return v.find("choose.sms") != nil })
	v.rule(`methods.allowed = ["authapp", "email"]`)
	v.tap("choose.sms")
	v.see("doesn't fit here any more")
	v.page("choose")
	v.check("what is not allowed any more is not offered", func() bool {
		return v.find("choose.sms") == nil && v.find("choose.voice") == nil && v.find("choose.email") != nil
	})
	v.snap("policy-changed")
	v.tap("page.cancel")
	v.page("home")
	v.tap("rail.sign_out")
	v.page("home")
}

// twoDigits: the page shows two digits, which are typed on the telephone; others end the call.
func twoDigits(v *visitor) {
	greta := v.person("admin")
	v.rule(`calls.confirm = "two_digits"`, `codes.resend_after = "10s"`)
	v.setUp(greta)
	v.tap("info.add")
	v.tap("add.voice")
	v.page("phone")
	v.typeIn("phone.field", mobile)
	v.tap("page.next")
	v.page("call")
	v.see("Waiting for your telephone")
	v.snap("two-digits")
	v.tap("banner.tray")
	v.snap("two-digits-on-the-telephone")
	v.dial(otherDigits(v.digits()))
	v.see("not the digits on your screen")
	v.tap("banner.tray")
	v.see("That call is over")
	v.snap("two-digits-wrong")
	v.callAgain()
	v.tap("banner.tray")
	v.dial(v.digits())
	v.page("info")
	v.tap("banner.tray")
	v.snap("two-digits-typed")
	v.tap("info.voice")
	v.tap("method.delete")
	v.page("delete")
	v.tap("delete.button")
	v.page("info")
	v.see("was deleted")
	v.finish()
}

// callAgain asks for another call once that may be done.
func (v *visitor) callAgain() {
	v.act("let 10 seconds pass", func() error { v.o.Pass(10 * time.Second); return nil }) // codes.resend_after, here
	v.tap("call.resend")
	v.page("call")
	v.see("Waiting for your telephone")
}

var pair = regexp.MustCompile(`^[0-9]{2}$`)

// digits are the two that the page shows.
func (v *visitor) digits() string {
	var digits string
	v.check("the page shows two digits", func() bool {
		for _, text := range kit.Texts(v.o.Window.Root()) {
			if pair.MatchString(text) {
				digits = text
				return true
			}
		}
		return false
	})
	return digits
}

// dial types digits on the telephone that rang last.
func (v *visitor) dial(digits string) {
	v.typeIn("tray.digits", digits)
	v.press(fyne.KeyReturn)
}

func otherDigits(digits string) string {
	if digits == "11" {
		return "22"
	}
	return "11"
}
