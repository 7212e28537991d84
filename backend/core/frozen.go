package core

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// frozenMark is where the store remembers for which domain and origin keys were registered.
const frozenMark = "security_key"

// relyingParty names the domain and the origin that keys are registered for.
func relyingParty(p *policy.Policy) string {
	return fmt.Sprintf("%s (%s)", p.SecurityKey.RPID, p.SecurityKey.Origin)
}

// checkFrozen refuses a policy under which the keys that are registered would all be dead.
func checkFrozen(store port.Store, p *policy.Policy) error {
	if !slices.Contains(p.Methods.Allowed, app.KindSecurityKey) {
		return nil
	}
	return store.View(context.Background(), func(tx port.Tx) error {
		registered, err := tx.Mark(frozenMark)
		if err != nil || registered == "" || registered == relyingParty(p) {
			return err
		}
		if there, err := tx.AnyCredential(app.KindSecurityKey); err != nil || !there {
			return err
		}
		return app.NewProblem("", "frozen", "registered", registered, "is", relyingParty(p))
	})
}

// checkFrozenAtStart is checkFrozen for the policy that comes with the program. Where another was applied, that one is in force.
func checkFrozenAtStart(c Config) error {
	applied := false
	err := c.Store.View(context.Background(), func(tx port.Tx) error {
		newest, err := tx.NewestPolicy()
		applied = newest.Source != ""
		if errors.Is(err, port.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil || applied || c.PolicyFile != "" {
		return err
	}
	return checkFrozen(c.Store, &c.Policy)
}

// FreezeRelyingParty remembers for which domain and origin a key was registered; other kinds have none.
func (o *Operation) FreezeRelyingParty(tx *Tx, kind app.Kind) error {
	if kind != app.KindSecurityKey {
		return nil
	}
	return tx.PutMark(frozenMark, relyingParty(o.Policy()))
}
