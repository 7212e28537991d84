package policy

import "time"

// registration checks when people register, and by what.
func (c *checker) registration(p Policy) {
	const day = 24 * time.Hour
	switch p.Registration.Mode {
	case ModeOff, ModeOffered, ModeRequired:
	default:
		c.add("registration.mode", `must be "off", "offered" or "required", is %q`, p.Registration.Mode)
	}
	switch p.Registration.First {
	case FirstPassword, FirstPass:
	default:
		c.add("registration.first", `must be "password" or "pass", is %q`, p.Registration.First)
	}
	c.duration("registration.reconfirm_after", p.Registration.ReconfirmAfter, 0, 730*day)
	c.duration("registration.cooling_off", p.Registration.CoolingOff, 0, 3*day)
	c.number("registration.sends_per_account", p.Registration.SendsPerAccount, 5, 100)
	c.duration("pass.lifetime", p.Pass.Lifetime, 10*time.Minute, 8*time.Hour)
	c.duration("pass.desk_lifetime", p.Pass.DeskLifetime, time.Minute, time.Hour)
	if p.Pass.DeskLifetime > p.Pass.Lifetime {
		c.add("pass.desk_lifetime", "must be at most pass.lifetime, which is %s, is %s", spell(p.Pass.Lifetime), spell(p.Pass.DeskLifetime))
	}
}
