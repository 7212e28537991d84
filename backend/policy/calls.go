package policy

import (
	"slices"

	"golang.org/x/text/language"
)

// calls checks what goes over the telephone.
func (c *checker) calls(p Calls) {
	oneOf(c, "calls.confirm", p.Confirm, SpokenCode, TwoDigits)
	for i, country := range p.Countries {
		region, err := language.ParseRegion(country)
		if err != nil || !region.IsCountry() || region.Canonicalize().String() != country {
			c.add("calls.countries", "country", "is", country)
		}
		if slices.Contains(p.Countries[:i], country) {
			c.add("calls.countries", "twice", "is", country)
		}
	}
	c.number("calls.sends_per_country", p.SendsPerCountry, 1, 10_000)
	c.number("calls.sends_per_station", p.SendsPerStation, 1, 10_000)
	c.number("calls.sends_per_network", p.SendsPerNetwork, 1, 10_000)
	c.number("calls.sends_per_day", p.SendsPerDay, 1, 10_000)
}
