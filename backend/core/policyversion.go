package core

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// OpenPolicy reads a version of the policy and opens what it needs, as a backend with this configuration does. The error
// says why this build can't use it.
func OpenPolicy(c Config, v port.PolicyVersion) (policy.Policy, Resources, error) {
	sum := sha256.Sum256(v.Document)
	if subtle.ConstantTimeCompare(sum[:], v.Hash) != 1 {
		return policy.Policy{}, Resources{}, app.NewProblem("", "altered")
	}
	name := v.Source
	if name == "" {
		name = fmt.Sprintf("version %d", v.Number)
	}
	p, err := policy.Parse(name, v.Document)
	if err != nil {
		return policy.Policy{}, Resources{}, err
	}
	r, err := openResources(c, v, p)
	if err != nil || c.Store == nil {
		return p, r, err
	}
	if err := checkFrozen(c.Store, &p); err != nil {
		return policy.Policy{}, Resources{}, errors.Join(err, r.CloseAll())
	}
	return p, r, nil
}

// openResources opens what a policy needs.
func openResources(c Config, v port.PolicyVersion, p policy.Policy) (r Resources, err error) {
	for _, kind := range p.Methods.Allowed {
		if !slices.ContainsFunc(c.Methods, func(m app.Method) bool { return m.Kind() == kind }) {
			return Resources{}, app.NewProblem("", "method_missing", "method", kind)
		}
	}
	if p.Feature.Disclosure == policy.Private {
		if err := checkDecoys(c.Methods, p.Methods.Allowed); err != nil {
			return Resources{}, err
		}
	}
	if c.Resources != nil {
		if r, err = c.Resources(v, p); err != nil {
			return Resources{}, err
		}
	}
	if p.Password.Breached != "" && r.Breached == nil {
		return Resources{}, errors.Join(app.NewProblem("", "no_filter"), r.CloseAll())
	}
	for _, m := range c.Methods {
		if checked, is := r.method(m).(app.Checked); is && slices.Contains(p.Methods.Allowed, m.Kind()) {
			if err := checked.Check(rules.MethodSettings(&p)); err != nil {
				return Resources{}, errors.Join(err, r.CloseAll())
			}
		}
	}
	return r, nil
}

// AddPolicy adds a version behind the newest one, where fit says so, and tells of it in the audit trail.
func (c *Core) AddPolicy(ctx context.Context, v port.PolicyVersion, fit func(tx *Tx, newest port.PolicyVersion) (bool, error)) (int, error) {
	err := c.Update(ctx, func(tx *Tx) error {
		newest, err := tx.NewestPolicy()
		if err != nil && !errors.Is(err, port.ErrNotFound) {
			return err
		}
		if fits, err := fit(tx, newest); err != nil || !fits {
			return err
		}
		v.Number, v.At = newest.Number+1, c.Now()
		if err := tx.AddPolicy(v); err != nil {
			return err
		}
		e := port.AuditEntry{Action: appliedPolicy, Result: Succeeded, Reason: VersionReason(v)}
		if v.By != "" {
			caller := app.CallerFrom(ctx)
			e.By, e.Role, e.Network = v.By, string(caller.Role), caller.Origin.Network
			e.Station, e.StationID = caller.Origin.Station, string(caller.Origin.Enrolled)
		}
		return tx.LogAndSign(e)
	})
	return v.Number, err
}

// appliedPolicy is the audit trail's entry of a version that was added.
const appliedPolicy = "policy.apply"

// VersionReason names a version in the audit trail: "version_7".
func VersionReason(v port.PolicyVersion) string { return fmt.Sprintf("version_%d", v.Number) }

// ReadPolicy reads a version of the policy; 0 stands for the newest.
func (c *Core) ReadPolicy(ctx context.Context, number int) (v port.PolicyVersion, err error) {
	err = c.View(ctx, func(tx *Tx) (err error) {
		if number == 0 {
			v, err = tx.NewestPolicy()
		} else {
			v, err = tx.Policy(number)
		}
		return err
	})
	return v, err
}

// checkDecoys refuses private disclosure beside a method that no decoy can have: whoever is asked for it would be told from
// a decoy.
func checkDecoys(methods []app.Method, allowed []app.Kind) error {
	for _, m := range methods {
		if _, can := m.(app.Decoyer); !can && slices.Contains(allowed, m.Kind()) {
			return app.NewProblem("", "method_telling", "method", m.Kind())
		}
	}
	return nil
}
