package backend

import (
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// allowed reports why an account may not be helped here at all; empty when it may. The first reason that holds is told:
//
//	password managed elsewhere  → password_not_managed   whatever else is set, only the help desk can help
//	disabled by administrators  → account_disabled       self-service never lifts that
//	off for the organisation    → not_enabled
//	off for this person         → not_enabled
//
// What else a reset needs (no lock, enough methods, the administrators' rule) is judged by [talk.open].
func (b *Backend) allowed(account port.DirectoryAccount) app.Code {
	switch {
	case account.Elsewhere:
		return app.CodeNotManaged
	case account.Disabled:
		return app.CodeDisabled
	case !b.enabled(account):
		return app.CodeNotEnabled
	}
	return ""
}

func (b *Backend) enabled(account port.DirectoryAccount) bool {
	switch b.policy().Feature.Reset {
	case policy.ForAll:
		return true
	case policy.ForGroups:
		return slices.ContainsFunc(account.Groups, func(group string) bool {
			return slices.Contains(b.policy().Feature.Groups, group)
		})
	}
	return false
}

// off reports whether the reset is off for everyone.
func (b *Backend) off() bool {
	return b.policy().Feature.Reset != policy.ForAll && b.policy().Feature.Reset != policy.ForGroups
}

// gates is how many a person passes to reset: administrators always two.
func (b *Backend) gates(admin bool) int {
	if admin {
		return 2
	}
	return b.policy().Methods.Gates
}

// needed is how many methods a person registers: never fewer than the gates.
func (b *Backend) needed(admin bool) int {
	return max(b.policy().Methods.Register, b.gates(admin))
}

// registered reports whether enough different methods are that can serve a reset; one that counts as two gates counts as
// two here, too.
func (b *Backend) registered(creds []port.CredentialRecord, admin bool) bool {
	return b.suffice(entitled(creds, admin), admin)
}

func (b *Backend) suffice(creds []port.CredentialRecord, admin bool) bool {
	return b.missing(creds, admin) == 0
}

// missing is how many methods lack among credentials for a reset.
func (b *Backend) missing(creds []port.CredentialRecord, admin bool) int {
	return max(b.needed(admin)-b.worth(creds, b.kinds(creds, admin), admin), 0)
}

// kinds are the different ones among credentials that the policy allows, strongest first.
func (b *Backend) kinds(creds []port.CredentialRecord, admin bool) []app.Kind {
	var have []app.Kind
	for _, kind := range b.offered(admin) {
		if slices.ContainsFunc(creds, func(c port.CredentialRecord) bool { return c.Kind == kind }) {
			have = append(have, kind)
		}
	}
	return have
}

// offered are the kinds that the policy allows, strongest first; for administrators security questions never.
func (b *Backend) offered(admin bool) []app.Kind {
	var offered []app.Kind
	for _, kind := range app.Kinds() {
		if slices.Contains(b.policy().Methods.Allowed, kind) && !(admin && kind == app.KindQuestions) {
			offered = append(offered, kind)
		}
	}
	return offered
}

// usable are the credentials that may serve a reset at now.
func usable(creds []port.CredentialRecord, now time.Time) []port.CredentialRecord {
	return slices.DeleteFunc(slices.Clone(creds), func(c port.CredentialRecord) bool { return c.UsableAt.After(now) })
}

// serving are the credentials that a gate of this flow takes: in a reset those that are usable, elsewhere all.
func (t *talk) serving(creds []port.CredentialRecord) []port.CredentialRecord {
	if t.resetting() {
		return t.unspent(usable(creds, t.now))
	}
	return creds
}

// ways are the kinds that may pass the gate at hand: registered, usable, and not passed already. After a password the
// verification methods alone may, and for a change of the security info the strongest of them.
func (t *talk) ways(creds []port.CredentialRecord) []app.Kind {
	switch {
	case t.s.Wanted != nil:
		return t.b.strongest(creds, t.s.Who.Admin)
	case !t.resetting():
		return t.b.verifying(creds, t.s.Who.Admin)
	}
	return slices.DeleteFunc(t.b.kinds(t.serving(creds), t.s.Who.Admin), t.s.passed)
}

// offered are the ways that are shown: all, or a security key alone.
func (t *talk) offered(creds []port.CredentialRecord) []app.Kind {
	ways := t.ways(creds)
	if t.keyOnly() {
		return slices.DeleteFunc(ways, func(kind app.Kind) bool { return kind != app.KindSecurityKey })
	}
	return ways
}

// most is how many credentials of each kind a person may register; 1 for those not named. Of numbers it is one for each
// use.
var most = map[app.Kind]int{app.KindSecurityKey: 10, app.KindAuthApp: 5, app.KindSMS: 2, app.KindVoice: 3}

// full reports whether no more of a kind may be registered.
func full(creds []port.CredentialRecord, kind app.Kind) bool {
	count := 0
	for _, c := range creds {
		if c.Kind == kind {
			count++
		}
	}
	return count >= max(most[kind], 1)
}

// siblings are the secrets of those of a kind that there are.
func siblings(creds []port.CredentialRecord, kind app.Kind) [][]byte {
	var found [][]byte
	for _, c := range creds {
		if c.Kind == kind {
			found = append(found, c.Secret)
		}
	}
	return found
}

// variants are those of a kind that there are.
func variants(creds []port.CredentialRecord, kind app.Kind) []string {
	var found []string
	for _, c := range creds {
		if c.Kind == kind && c.Variant != "" {
			found = append(found, c.Variant)
		}
	}
	return found
}

// has reports whether there is one of a kind and variant already; what has no variant may be there several times.
func has(creds []port.CredentialRecord, kind app.Kind, variant string) bool {
	return slices.Contains(variants(creds, kind), variant)
}

// enrolChoices lists every kind that may be registered, strongest first; the first that is missing is recommended.
func (b *Backend) enrolChoices(creds []port.CredentialRecord, admin bool) []app.Choice {
	have := b.kinds(creds, admin)
	var offered []app.Choice
	recommended := false
	for _, kind := range b.offered(admin) {
		choice := app.Choice{Kind: kind, Have: slices.Contains(have, kind)}
		choice.Recommended = !choice.Have && !recommended
		recommended = recommended || choice.Recommended
		offered = append(offered, choice)
	}
	return offered
}

// more lists what else may be added, the recommendation first: a kind that is missing, else the strongest.
func (b *Backend) more(creds []port.CredentialRecord, admin bool) []app.Choice {
	open := slices.DeleteFunc(b.enrolChoices(creds, admin), func(c app.Choice) bool { return full(creds, c.Kind) })
	slices.SortStableFunc(open, func(x, y app.Choice) int { return rank(x) - rank(y) })
	if len(open) > 0 {
		open[0].Recommended = true
	}
	return open
}

func rank(c app.Choice) int {
	switch {
	case c.Recommended:
		return 0
	case !c.Have:
		return 1
	}
	return 2
}
