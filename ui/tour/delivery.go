package tour

import "time"

// deliveries: what becomes of a code is told on its page: late, handed over, given up, and, where the provider says so, arrived or not.
func deliveries(v *visitor) {
	greta := v.person("admin")
	v.setUp(greta)
	v.tap("info.add")
	v.tap("add.sms")
	v.page("phone")
	v.typeIn("phone.field", mobile)
	v.provider("away")
	v.tap("page.next")
	v.page("code")
	v.see("On its way")
	v.glimpse("delivery-on-its-way", "light")
	v.act("let 12 seconds pass", func() error { v.o.Pass(12 * time.Second); return nil })
	v.see("longer than usual")
	v.snap("delivery-late")
	v.sendAgain("well")
	v.see("A new code was handed over at")
	v.snap("delivery-handed-over")
	v.sendAgain("arrives")
	v.see("The new code has arrived")
	v.snap("delivery-arrived")
	v.sendAgain("undelivered")
	v.see("The text could not be delivered")
	v.snap("delivery-undelivered")
	v.sendAgain("refuses")
	v.see("The text could not be delivered")
	v.provider("well")
	v.tap("page.back")
	v.page("phone")
	v.tap("page.cancel")
	v.page("home")
	v.tap("rail.sign_out")
	v.page("home")
}

// provider orders what carries the messages.
func (v *visitor) provider(order string) {
	v.act("the provider: "+order, func() error { return v.o.Provider(order) })
}

// sendAgain has the code sent once more, by a provider that does something with it.
func (v *visitor) sendAgain(order string) {
	v.provider(order)
	v.act("let half a minute pass", func() error { v.o.Pass(31 * time.Second); return nil })
	v.tap("code.resend")
}
