package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// coversBothGates reports whether a kind is enough for two gates that are left.
func (f *flow) coversBothGates(creds rules.Credentials, kind app.Kind) bool {
	return f.purpose.recovers() && !f.s.Frozen && f.s.left() > 1 && f.rules().HasDouble(f.forGate(creds), kind)
}

// leadingOn leaves out, of the kind at hand, what would lead to a gate that nothing passes: a key that does not count as two
// where there are too few other ways, or a number behind which the other ways are the same telephone.
func (f *flow) leadingOn(creds rules.Credentials) rules.Credentials {
	if f.s.left() < 2 {
		return creds
	}
	others := slices.DeleteFunc(f.ways(creds), func(kind app.Kind) bool {
		return kind == f.s.Kind || f.standsIn() && kind == app.KindSecurityKey
	})
	return slices.DeleteFunc(slices.Clone(creds), func(c port.CredentialRecord) bool {
		if c.Kind != f.s.Kind || f.purpose.recovers() && !f.s.Frozen && f.rules().CountsAsTwo(c) {
			return false
		}
		return !f.passable(creds.NotUsed(map[string]bool{rules.DialledNumber(c): true}), others, f.s.left()-1)
	})
}
