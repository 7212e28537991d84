package backend

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Security keys, as far as they are unlike other methods. A reset's gates may be passed by one alone:
//
//	policy: counts_as_two ─┐
//	no administrator ──────┤
//	registered by its own ─┼─ all ──▶ one key is both gates: state.Doubled
//	method: verified at    │
//	 registering, model ───┤
//	method: verified now ──┘

// frozenMark is where the store remembers for which domain and origin keys were registered.
const frozenMark = "security_key"

// party names the domain and the origin that keys are registered for.
func party(p *policy.Policy) string {
	return fmt.Sprintf("%s (%s)", p.SecurityKey.RPID, p.SecurityKey.Origin)
}

// frozen refuses a policy under which the keys that are registered would all be dead.
func frozen(store port.Store, p *policy.Policy) error {
	if !slices.Contains(p.Methods.Allowed, app.KindSecurityKey) {
		return nil
	}
	return store.View(context.Background(), func(tx port.Tx) error {
		registered, err := tx.Mark(frozenMark)
		if err != nil || registered == "" || registered == party(p) {
			return err
		}
		if there, err := tx.AnyCredential(app.KindSecurityKey); err != nil || !there {
			return err
		}
		return fmt.Errorf("security_key.rp_id and security_key.origin are frozen: the security keys that are registered were "+
			"made for %s, and with %s none of them would work; put the former back, or have every security key deleted first",
			registered, party(p))
	})
}

// frozenAtStart is frozen for the policy that comes with the program. Where another was applied, that one is in force.
func frozenAtStart(c Config) error {
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
	return frozen(c.Store, &c.Policy)
}

// freeze remembers for which domain and origin a key was registered.
func (t *talk) freeze(kind app.Kind) error {
	if kind != app.KindSecurityKey {
		return nil
	}
	return t.tx.PutMark(frozenMark, party(t.b.policy()))
}

// handle is the keyed hash by which a credential that somebody has is known; nil for what may be there twice.
func (b *Backend) handle(kind app.Kind, unique []byte) []byte {
	if len(unique) == 0 {
		return nil
	}
	return b.c.Sealer.Index("credential.handle|"+string(kind), string(unique))
}

// double reports whether a credential may count as two gates of a reset.
func (b *Backend) double(c port.CredentialRecord, admin bool) bool {
	method, is := b.method(c.Kind).(app.Doubling)
	return is && !admin && c.Own && b.policy().SecurityKey.CountsAsTwo && method.Double(b.settings(), c.Secret)
}

// doubled reports whether a kind has a credential that counts as two.
func (b *Backend) doubled(creds []port.CredentialRecord, kind app.Kind, admin bool) bool {
	return slices.ContainsFunc(creds, func(c port.CredentialRecord) bool { return c.Kind == kind && b.double(c, admin) })
}

// worth is how many gates kinds are good for.
func (b *Backend) worth(creds []port.CredentialRecord, kinds []app.Kind, admin bool) int {
	worth := len(kinds)
	for _, kind := range kinds {
		if b.doubled(creds, kind, admin) {
			worth++
		}
	}
	return worth
}

// single reports whether a kind is enough for two gates that are left.
func (t *talk) single(creds []port.CredentialRecord, kind app.Kind) bool {
	return t.resetting() && t.s.left() > 1 && t.b.doubled(t.serving(creds), kind, t.s.Who.Admin)
}

// carrying leaves out, where the person has too few other ways for the gates, what does not count as two beside one that
// does: it would lead to a gate that nothing passes.
func (t *talk) carrying(creds []port.CredentialRecord) []port.CredentialRecord {
	if !t.single(creds, t.s.Kind) || len(t.ways(creds)) >= t.s.left() {
		return creds
	}
	return slices.DeleteFunc(slices.Clone(creds), func(c port.CredentialRecord) bool {
		return c.Kind == t.s.Kind && !t.b.double(c, t.s.Who.Admin)
	})
}
