package tour

import "github.com/sparekey/sparekey/ui"

// What an organisation's own directory does that the trial's does not: a domain with rules, and people in states of its own.

// domainRules: the domain refuses a password that keeps to the rules as far as anybody here knows them; what was typed stays, another
// one is taken, and the old one goes on for a while.
func domainRules(v *visitor) {
	jonas := v.person("stale")
	v.toPassword(jonas)
	v.see("upper case, digits")
	v.see("Not one of your last 10 passwords")
	v.snap("domain-rules")
	v.typeIn("password.new", "Harbour 7")
	v.tap("page.next")
	v.see("It is too short")
	v.snap("domain-rules-too-short")
	const spaced = "Nine lanterns over the lagoon" // to a domain, a space is of no kind
	v.typeIn("password.new", spaced)
	v.typeIn("password.again", spaced)
	v.tap("page.next")
	v.see("It wants more kinds of characters")
	v.page("new_password")
	v.check("what was typed is still there", func() bool {
		return v.typed("password.new") == spaced && v.typed("password.again") == spaced
	})
	v.snap("domain-rule-refused")
	v.keepPassword(jonas, "Nine lanterns over the lagoon 9")
}

// mustChange: who has to choose another password does so on the way in; and then has to keep it for a while, which stands where it
// would be typed.
func mustChange(v *visitor) {
	kofi := v.person("must_change")
	v.page("home")
	v.tap("home.set_up")
	v.signIn(kofi.UserID, kofi.Password)
	v.page("code")
	v.typeIn("code.cells", v.fresh(kofi))
	v.page("new_password")
	v.see("has to be changed before you go on")
	v.snap("must-change")
	v.typeIn("password.new", "Eleven kites above the quay 4")
	v.typeIn("password.again", "Eleven kites above the quay 4")
	v.tap("page.next")
	v.page("info")
	v.snap("must-change-done")
	v.tap("rail.change")
	v.page("blocked")
	v.see("It is too soon for another password")
	v.snap("too-young")
	v.tap("page.home")
	v.page("home")
	v.tap("rail.sign_out")
	v.page("home")
}

// domainStates: what only the directory may lift is told, with the way out.
func domainStates(v *visitor) {
	for _, c := range []struct{ state, title, picture string }{
		{"disabled", "Your account is switched off", "account-disabled"},
		{"expired", "Your account has run out", "account-expired"},
		{"protected", "Administrators set this password", "account-protected"},
	} {
		v.begin("home.forgot", v.person(c.state).UserID)
		v.page("blocked")
		v.see(c.title)
		v.snap(c.picture)
		v.tap("page.home")
		v.page("home")
	}
}

// keepPassword sets a password in a domain, which says how long the old one goes on, and goes home.
func (v *visitor) keepPassword(p ui.Sample, password string) {
	v.typeIn("password.new", password)
	v.typeIn("password.again", password)
	v.tap("page.next")
	v.page("done")
	v.see("old password")
	v.snap("old-password-goes-on")
	v.passwords[p.UserID] = password
	v.tap("page.next")
	v.page("home")
}
