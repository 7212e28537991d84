package tour

import (
	"fmt"
	"time"

	"github.com/sparekey/sparekey/ui"
)

// private: where a user ID tells nothing, this computer works before it is looked at; who has no account walks through
// the same pages as anybody and gets nowhere, and a real person gets through.
func private(v *visitor) {
	jonas := v.person("stale")
	v.rule(`feature.disclosure = "private"`, `feature.proof_of_work = "untrusted"`, `methods.allowed = ["authapp", "email"]`)
	v.shots++
	for _, appearance := range []string{"dark", "light"} {
		v.on(func() { v.o.Window.SetAppearance(appearance) })
		v.begin("home.forgot", "nobody@harbour.example")
		v.passing("work")
		v.glimpse("work", appearance)
		v.leave()
	}
	v.begin("home.forgot", "nobody@harbour.example")
	v.worked()
	v.page("choose")
	v.snap("decoy-choose")
	v.tap("choose.email")
	v.page("address")
	v.typeIn("address.field", "nobody@letters.example")
	v.tap("page.next")
	v.see("4 tries left")
	v.snap("decoy-wrong")
	v.tap("page.cancel")
	v.page("home")

	v.toPassword(jonas)
	v.tap("page.cancel")
	v.page("home")
}

// history: the directory refuses a password that the person had, in words; nothing else is lost.
func history(v *visitor) {
	jonas := v.person("stale")
	v.toPassword(jonas)
	v.typeIn("password.new", jonas.Password)
	v.typeIn("password.again", jonas.Password)
	v.tap("page.next")
	v.see("old password of yours")
	v.page("new_password")
	v.snap("old-password-of-yours")
	v.tap("page.cancel")
	v.page("home")
}

// recoveryLock: five gates that ended lock the reset until tomorrow, and the help desk is the way out.
func recoveryLock(v *visitor) {
	jonas := v.person("stale")
	v.rule("codes.tries = 1", "recovery.starts_per_hour = 60")
	for gate := 1; gate <= 5; gate++ {
		v.begin("home.forgot", jonas.UserID)
		v.page("choose")
		v.tap("choose.authapp")
		v.page("code")
		v.typeIn("code.cells", v.wrong(jonas))
		if gate == 5 {
			break
		}
		v.page("choose")
		if gate == 1 {
			v.snap("one-gate-ended")
		}
		v.tap("page.cancel")
	}
	v.page("blocked")
	v.see("Password reset is locked for now")
	v.see("tomorrow")
	v.snap("recovery-locked")
	v.tap("page.contact")
	v.page("request_sent")
	v.snap("recovery-locked-request")
	v.tap("page.next")
	v.page("home")
	v.begin("home.forgot", jonas.UserID)
	v.page("blocked")
	v.check("it stays locked", func() bool { return v.shows("Password reset is locked for now") })
	v.tap("page.home")
	v.page("home")
}

// toPassword passes both gates of a reset: app and private email.
func (v *visitor) toPassword(p ui.Sample) {
	v.begin("home.forgot", p.UserID)
	v.worked()
	v.page("choose")
	v.tap("choose.authapp")
	v.page("code")
	v.typeIn("code.cells", v.fresh(p))
	v.see("Type the code from the email")
	v.typeIn("code.cells", v.mailed(p.Contacts[0]))
	v.page("new_password")
}

// worked waits until this computer has solved the puzzle, if it was given one: how long that takes is luck.
func (v *visitor) worked() {
	v.act("wait for the work", func() error {
		return v.within(10*patience, func() bool { return v.o.Window.Page() != "user_id" && v.o.Window.Page() != "work" })
	})
}

// passing waits for a page that goes on by itself.
func (v *visitor) passing(name string) {
	v.act("see page "+name+" for a moment", func() error {
		return v.until(func() bool { return v.o.Window.Page() == name })
	})
}

// leave cancels what goes on.
func (v *visitor) leave() {
	v.act("cancel what goes on", func() error {
		return v.until(func() bool { return v.tapped("page.cancel") })
	})
	v.page("home")
}

// glimpse takes a picture of a page that goes on by itself: there is no time for both appearances, nor to come to rest.
func (v *visitor) glimpse(name, appearance string) {
	if !v.pictured(name) {
		return
	}
	v.act(fmt.Sprintf("take a picture of %s in passing", name), func() error {
		time.Sleep(frame)
		return v.keep(v.look(), name, appearance)
	})
}
