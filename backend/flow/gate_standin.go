package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/rules"
)

// A change of the security info asks for the strongest verification method. Where that is a security key, it may be lost or
// blocked, and then nobody could say so without the help desk. So two other verification methods together stand in for it:
//
//	gate of a change ──▶ the key ───────────────────────────────▶ the change
//	       │                                                        ▲
//	       └──Choose another──▶ gate 1 ──▶ gate 2, another device ──┘ told on every channel; what is added has to cool off
//
// Nothing stands in for another method: each of the others a person can renew by a number or a telephone of theirs.

// standIns are the verification methods that together stand in for the strongest one; none where that is no key, or where
// there are not two of different devices. As in a reset, what was registered just now serves nothing yet: who sat down at
// somebody's computer could else add two, and with them delete the key.
func (f *flow) standIns(creds rules.Credentials) []app.Kind {
	if strongest := f.rules().Strongest(creds); len(strongest) == 0 || strongest[0] != app.KindSecurityKey {
		return nil
	}
	creds = creds.CooledOff(f.now)
	others := slices.DeleteFunc(f.rules().Verifying(creds), func(kind app.Kind) bool { return kind == app.KindSecurityKey })
	if !f.rules().Passable(creds, others, 2) {
		return nil
	}
	return others
}

// changeWays are the ways through the gate of a change that are left.
func (f *flow) changeWays(creds rules.Credentials) []app.Kind {
	if len(f.s.Passed) == 0 {
		return append(f.rules().Strongest(creds), f.standIns(creds)...)
	}
	left := f.rules().Verifying(f.forGate(creds))
	return slices.DeleteFunc(left, func(kind app.Kind) bool { return kind == app.KindSecurityKey || f.s.passed(kind) })
}

// setStandIn has the gate of a change take two, where the way that is begun stands in for a key.
func (f *flow) setStandIn(kind app.Kind) error {
	if f.s.Pending == nil || len(f.s.Passed) > 0 {
		return nil
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	if f.s.Gates = 1; slices.Contains(f.standIns(creds), kind) {
		f.s.Gates = 2
	}
	return nil
}

// standsIn reports whether the way at hand is one of two that stand in for a key.
func (f *flow) standsIn() bool { return f.s.Pending != nil && f.s.Gates > 1 }

// stoodIn notes that two have stood in for a key: the owner is told on every channel, and what is added from now on has to
// cool off.
func (f *flow) stoodIn() error {
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	if err := f.tx.EndFirst(f.rec.Account); err != nil {
		return err
	}
	if _, err := f.notifyOwner(app.MessageKeyStoodIn, nil, creds); err != nil {
		return err
	}
	return f.audit(event{action: string(f.rec.Purpose) + ".stood_in", result: core.Succeeded, method: app.KindSecurityKey})
}

// leaveChange forgets the gate of a change.
func (f *flow) leaveChange() {
	if f.s.Pending != nil {
		f.s.Attempts, f.s.Passed, f.s.PassedBy, f.s.Gates = nil, nil, nil, 0
	}
}
