package policy

import "net/netip"

// disclosure checks what a stranger may learn, and where.
func (c *checker) disclosure(f Feature) {
	switch f.Disclosure {
	case Helpful, Private:
	default:
		c.add("feature.disclosure", `must be "private" or "helpful", is %q`, f.Disclosure)
	}
	switch f.ProofOfWork {
	case WorkOff, WorkUntrusted:
	default:
		c.add("feature.proof_of_work", `must be "off" or "untrusted", is %q`, f.ProofOfWork)
	}
	for _, network := range f.HelpfulNetworks {
		if p, err := netip.ParsePrefix(network); err != nil || p != p.Masked() {
			c.add("feature.helpful_networks", `%q is no network such as "10.20.0.0/16" or "2001:db8::/32"`, network)
		}
	}
}

// HelpfulTo reports whether somebody from a network address may learn why an account can't be helped.
func (f Feature) HelpfulTo(address string) bool {
	return f.Disclosure == Helpful || f.Trusts(address)
}

// AsksWork reports whether somebody from a network address has to work before an account is looked at.
func (f Feature) AsksWork(address string) bool {
	return f.ProofOfWork == WorkUntrusted && !f.Trusts(address)
}

// Trusts reports whether an address lies in one of the helpful networks.
func (f Feature) Trusts(address string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, network := range f.HelpfulNetworks {
		if p, err := netip.ParsePrefix(network); err == nil && p.Contains(a.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}
