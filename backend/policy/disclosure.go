package policy

import "net/netip"

// disclosure checks what a stranger may learn, and where.
func (c *checker) disclosure(f Feature) {
	oneOf(c, "feature.disclosure", f.Disclosure, Private, Helpful)
	oneOf(c, "feature.proof_of_work", f.ProofOfWork, WorkOff, WorkUntrusted)
	for _, network := range f.HelpfulNetworks {
		if p, err := netip.ParsePrefix(network); err != nil || p != p.Masked() {
			c.add("feature.helpful_networks", "network", "is", network)
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
