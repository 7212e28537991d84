package policy

import "time"

// registration checks when people register, and by what.
func (c *checker) registration(p Policy) {
	const day = 24 * time.Hour
	oneOf(c, "registration.mode", p.Registration.Mode, ModeOff, ModeOffered, ModeRequired)
	oneOf(c, "registration.first", p.Registration.First, FirstPassword, FirstPass)
	c.duration("registration.reconfirm_after", p.Registration.ReconfirmAfter, 0, 730*day)
	c.duration("registration.cooling_off", p.Registration.CoolingOff, 0, 3*day)
	c.number("registration.sends_per_account", p.Registration.SendsPerAccount, 5, 100)
	c.duration("pass.lifetime", p.Pass.Lifetime, 10*time.Minute, 8*time.Hour)
	c.duration("pass.desk_lifetime", p.Pass.DeskLifetime, time.Minute, time.Hour)
	if p.Pass.DeskLifetime > p.Pass.Lifetime {
		c.add("pass.desk_lifetime", "above", "other", "pass.lifetime", "most", spell(p.Pass.Lifetime), "is", spell(p.Pass.DeskLifetime))
	}
}
