package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// coversBothGates reports whether a kind is enough for two gates that are left.
func (f *flow) coversBothGates(creds rules.Credentials, kind app.Kind) bool {
	return f.purpose.recovers() && f.s.left() > 1 && f.rules().HasDouble(f.forGate(creds), kind)
}

// leadingOn leaves out, where the person has too few other ways for the gates, what does not count as two beside one that
// does: it would lead to a gate that nothing passes.
func (f *flow) leadingOn(creds rules.Credentials) rules.Credentials {
	if !f.coversBothGates(creds, f.s.Kind) || len(f.ways(creds)) >= f.s.left() {
		return creds
	}
	return slices.DeleteFunc(slices.Clone(creds), func(c port.CredentialRecord) bool {
		return c.Kind == f.s.Kind && !f.rules().CountsAsTwo(c)
	})
}
