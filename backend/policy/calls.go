package policy

import (
	"slices"

	"golang.org/x/text/language"
)

// calls checks what goes over the telephone.
func (c *checker) calls(p Calls) {
	if p.Confirm != SpokenCode && p.Confirm != TwoDigits {
		c.add("calls.confirm", `must be %q or %q, is %q`, SpokenCode, TwoDigits, p.Confirm)
	}
	for i, country := range p.Countries {
		region, err := language.ParseRegion(country)
		if err != nil || !region.IsCountry() || region.Canonicalize().String() != country {
			c.add("calls.countries", `%q is no country: give two capitals, such as "GB" (ISO 3166-1 alpha-2)`, country)
		}
		if slices.Contains(p.Countries[:i], country) {
			c.add("calls.countries", "names %q twice", country)
		}
	}
	c.number("calls.sends_per_country", p.SendsPerCountry, 1, 10_000)
	c.number("calls.sends_per_station", p.SendsPerStation, 1, 10_000)
	c.number("calls.sends_per_network", p.SendsPerNetwork, 1, 10_000)
	c.number("calls.sends_per_day", p.SendsPerDay, 1, 10_000)
}
