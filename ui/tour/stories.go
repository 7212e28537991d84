package tour

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
)

// story is something that a person wants, from the home page to its end.
type story struct {
	name   string
	tell   func(*visitor)
	served bool // at a server as well as in the trial
	domain bool // at a server alone, whose people are in a domain
	real   bool // at a server alone, whose messages leave it and arrive
}

func stories() []story {
	return []story{
		{name: "pass-needed", tell: passNeeded},
		{name: "registration", tell: registration, served: true},
		{name: "reset", tell: reset, served: true},
		{name: "wrong-code", tell: wrongCode, served: true},
		{name: "errors", tell: errorCases, served: true},
		{name: "help-request", tell: helpRequest, served: true},
		{name: "unlock", tell: unlock, served: true},
		{name: "two-digits", tell: twoDigits},
		{name: "delivery", tell: deliveries},
		{name: "never", tell: never, served: true},
		{name: "bad-input", tell: badInput, served: true},
		{name: "phone", tell: phones},
		{name: "questions", tell: securityQuestions},
		{name: "account", tell: account},
		{name: "pass", tell: pass},
		{name: "reconfirm", tell: reconfirm},
		{name: "required", tell: required},
		{name: "policy", tell: changed},
		{name: "private", tell: private},
		{name: "history", tell: history},
		{name: "not-me", tell: notMe},
		{name: "recovery-lock", tell: recoveryLock},
		{name: careStory, tell: keyCare},
		{name: keyStory, tell: securityKeys},
		{name: "domain-rules", tell: domainRules, served: true, domain: true},
		{name: "must-change", tell: mustChange, served: true, domain: true},
		{name: "domain-states", tell: domainStates, served: true, domain: true},
		{name: "delivered", tell: delivered, served: true, real: true},
	}
}

const (
	privateMail = "ana@letters.example"
	newPassword = "Seven herons cross the harbour 7"
)

// registration: someone who is ready registers an authenticator app and a private email.
func registration(v *visitor) {
	ana := v.person("ready")
	v.page("home")
	v.snap("home")
	if v.o.Served {
		v.check("nothing of the trial is shown", func() bool { return v.find("banner.try") == nil })
	} else {
		v.tap("banner.try")
		v.page("try")
		v.snap("try")
		v.tap("page.home")
		v.page("home")
	}
	v.tap("home.set_up")
	v.signIn(ana.UserID, ana.Password)
	v.page("choose")
	v.snap("choose")

	v.tap("choose.authapp")
	v.page("secret")
	v.snap("authenticator")
	secret := v.key()
	v.phone(ana.UserID, secret)
	v.typeIn("code.cells", v.nextCode(ana.UserID))

	v.page("choose")
	v.see("Authenticator app")
	v.snap("choose-one-more")
	v.tap("choose.email")
	v.page("address")
	v.snap("private-email")
	v.typeIn("address.field", "ana.reyes@harbour.example")
	v.tap("page.next")
	v.see("harbour.example")
	v.snap("own-domain-refused")
	v.check("what was typed is still there", func() bool { return v.typed("address.field") == "ana.reyes@harbour.example" })
	v.typeIn("address.field", privateMail)
	v.tap("page.next")
	v.page("code")
	v.snap("private-email-code")
	v.typeIn("code.cells", v.mailed(privateMail))

	v.page("registered")
	v.snap("registered")
	v.tap("page.next")
	v.page("done")
	v.snap("registered-done")
	v.tap("page.next")
	v.page("home")
	v.tap("rail.sign_out")
	v.page("home")
}

// reset: the same person forgot the password, passes two gates and chooses a new one; the old one is dead.
func reset(v *visitor) {
	ana := v.person("ready")
	v.page("home")
	v.tap("home.forgot")
	v.page("user_id")
	v.snap("user-id")
	v.typeIn("user_id.field", ana.UserID)
	v.tap("page.next")
	v.page("choose")
	v.snap("choose-gate")

	v.tap("choose.email")
	v.page("address")
	v.snap("confirm-address")
	v.typeIn("address.field", privateMail)
	v.tap("page.next")
	v.page("code")
	v.snap("gate-email")
	v.typeIn("code.cells", v.mailed(privateMail))

	v.page("code")
	v.see("authenticator app")
	v.snap("gate-app")
	v.typeIn("code.cells", v.nextCode(ana.UserID))

	v.page("new_password")
	v.snap("new-password-empty")
	v.typeIn("password.new", "Harbour Hospital")
	v.snap("new-password-refused")
	v.typeIn("password.new", newPassword)
	v.typeIn("password.again", newPassword)
	v.snap("new-password")
	v.tap("page.next")
	v.page("done")
	v.snap("reset-done")
	v.tap("page.next")

	v.page("home")
	v.tap("home.set_up")
	if !v.o.InDomain { // which goes on taking the old one for a while
		v.page("sign_in")
		v.typeIn("sign_in.user_id", ana.UserID)
		v.typeIn("sign_in.password", ana.Password)
		v.tap("page.next")
		v.see("is not right")
		v.snap("old-password-refused")
	}
	v.signIn(ana.UserID, newPassword)
	v.page("code")
	v.snap("sign-in-code")
	v.typeIn("code.cells", v.nextCode(ana.UserID))
	v.page("info")
	v.tap("rail.sign_out")
}

// wrongCode: five wrong codes end a gate; the person is told how many tries are left, and may take another way.
func wrongCode(v *visitor) {
	ben := v.person("registered")
	v.begin("home.forgot", ben.UserID)
	v.page("choose")
	v.tap("choose.authapp")
	v.page("code")
	for try := 1; try <= 5; try++ {
		v.typeIn("code.cells", v.wrong(ben))
		if try < 5 {
			v.see(left(5 - try))
		}
		if try == 2 {
			v.snap("wrong-code")
		}
	}
	v.page("choose")
	v.snap("gate-ended")
	v.tap("page.cancel")
	v.page("home")
}

func left(n int) string {
	if n == 1 {
		return "1 try left"
	}
	return fmt.Sprintf("%d tries left", n)
}

// errorCases: the three accounts that can't be helped here, each with its way out.
func errorCases(v *visitor) {
	for _, c := range []struct{ state, picture string }{
		{"elsewhere", "error-not-managed"},
		{"not_enabled", "error-not-enabled"},
		{"one", "error-could-not-verify"},
	} {
		v.begin("home.forgot", v.person(c.state).UserID)
		v.page("blocked")
		v.see("ext. 4400")
		v.check("only the account that others manage can't ask an administrator", func() bool {
			return (v.find("page.contact") != nil) == (c.state != "elsewhere")
		})
		v.snap(c.picture)
		v.tap("page.home")
		v.page("home")
	}
}

var receipt = regexp.MustCompile(`R-[0-9A-Z]+-[0-9A-Z]+`)

// helpRequest: an administrator is asked; the person gets a receipt, the help desk a mail with the same number.
func helpRequest(v *visitor) {
	v.begin("home.forgot", v.person("not_enabled").UserID)
	v.page("blocked")
	v.tap("page.contact")
	v.page("request_sent")
	var number string
	v.check("there is a receipt", func() bool {
		number = receipt.FindString(strings.Join(kit.Texts(v.o.Window.Root()), "\n"))
		return number != ""
	})
	v.check("the help desk got it", func() bool { return v.sent(app.MessageHelpRequest, number) })
	v.snap("request-sent")
	if !v.o.Served {
		v.tap("banner.tray")
		v.snap("message-tray")
		v.tap("banner.tray")
	}
	v.tap("page.next")
	v.page("home")
}

// badInput: what is wrong is said beside the field, at once, and nothing typed is lost.
func badInput(v *visitor) {
	v.tap("home.forgot")
	v.page("user_id")
	v.tap("page.next")
	v.snap("user-id-missing")
	v.check("the page is still there", func() bool { return v.o.Window.Page() == "user_id" })
	v.typeIn("user_id.field", "nobody@harbour.example")
	v.tap("page.next")
	v.page("blocked")
	v.snap("unknown-account")
	v.tap("page.home")
	v.page("home")
}

// begin takes a reset from the home page past the user ID.
func (v *visitor) begin(row, userID string) {
	v.page("home")
	v.tap(row)
	v.page("user_id")
	v.typeIn("user_id.field", userID)
	v.tap("page.next")
}

func (v *visitor) signIn(userID, password string) {
	v.page("sign_in")
	v.typeIn("sign_in.user_id", userID)
	v.typeIn("sign_in.password", password)
	v.snapOnce("sign-in")
	v.tap("page.next")
}

// person is the sample person in a state, with the password of today.
func (v *visitor) person(state string) ui.Sample {
	for _, p := range v.o.Trial.People {
		if p.State == state {
			if anew, is := v.passwords[p.UserID]; is {
				p.Password = anew
			}
			return p
		}
	}
	v.fail("the sample organisation has nobody who is %q", state)
	return ui.Sample{App: func(time.Time) string { return "" }}
}
