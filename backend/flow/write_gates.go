package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
)

// stillPassed leads back to the gates whoever has not passed as many as the account takes now.
func (f *flow) stillPassed(admin bool) (bool, error) {
	f.s.Gates, f.s.Passed, f.s.CountsAsTwo = f.rulesIf(admin).Gates(), f.passedAs(admin), f.doubledAs(admin)
	if len(f.s.Passed) == 0 {
		f.s.PassedBy = nil
	}
	if f.s.left() > 0 {
		return false, f.enterGate()
	}
	return true, nil
}

// passedAs are the kinds that passed and still count, for whoever is, or is not, an administrator.
func (f *flow) passedAs(admin bool) []app.Kind {
	if admin && f.byContacts() {
		return nil
	}
	offered := f.rulesIf(admin).Offered()
	return slices.DeleteFunc(slices.Clone(f.s.Passed), func(kind app.Kind) bool { return !slices.Contains(offered, kind) })
}

// doubledAs reports whether one of these still counts as two.
func (f *flow) doubledAs(admin bool) bool {
	counts := f.s.CountsAsTwo && !admin && f.op.Policy().SecurityKey.CountsAsTwo
	return counts && slices.Contains(f.passedAs(admin), app.KindSecurityKey)
}
