package policy

import (
	"net/netip"

	"github.com/sparekey/sparekey/app"
)

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

// HelpfulTo reports whether somebody may learn, where they are, why an account can't be helped.
func (f Feature) HelpfulTo(from app.Origin) bool {
	return f.Disclosure == Helpful || f.Trusts(from)
}

// AsksWork reports whether somebody has to work, where they are, before an account is looked at.
func (f Feature) AsksWork(from app.Origin) bool {
	return f.ProofOfWork == WorkUntrusted && !f.Trusts(from)
}

// Trusts reports whether a request comes from an enrolled station, or from one of the helpful networks.
func (f Feature) Trusts(from app.Origin) bool {
	return from.Enrolled != "" || f.trustsNetwork(from.Network)
}

func (f Feature) trustsNetwork(address string) bool {
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
