package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Credentials are an account's, oldest first. Every selection is a copy.
type Credentials []port.CredentialRecord

func (c Credentials) without(drop func(port.CredentialRecord) bool) Credentials {
	return slices.DeleteFunc(slices.Clone(c), drop)
}

// Confirmed leaves out contacts that nobody confirmed.
func (c Credentials) Confirmed() Credentials {
	return c.without(func(r port.CredentialRecord) bool { return !r.Counts() })
}

// ForAdministrator leaves out what was entered beforehand, confirmed or not: nothing of that serves an administrator.
func (c Credentials) ForAdministrator() Credentials {
	return c.without(func(r port.CredentialRecord) bool { return !r.Entered.IsZero() })
}

// CooledOff are those that may serve a reset at now.
func (c Credentials) CooledOff(now time.Time) Credentials {
	return c.without(func(r port.CredentialRecord) bool { return r.UsableAt.After(now) })
}

// OlderThan are those that were there before t, as they are now: what was registered, replaced or confirmed since then is left out.
func (c Credentials) OlderThan(t time.Time) Credentials {
	return c.Confirmed().without(func(r port.CredentialRecord) bool {
		return !r.Added.Before(t) || !r.Entered.IsZero() && !r.Confirmed.Before(t)
	})
}

// NotUsed leaves out the numbers and addresses that have passed a gate: a text and a call to one number are one telephone,
// and who has that must not pass both gates.
func (c Credentials) NotUsed(passed map[string]bool) Credentials {
	return c.without(func(r port.CredentialRecord) bool {
		number := DialledNumber(r)
		_, used := passed[number]
		return number != "" && used
	})
}

// Of are those of some kinds.
func (c Credentials) Of(kinds ...app.Kind) Credentials {
	return c.without(func(r port.CredentialRecord) bool { return !slices.Contains(kinds, r.Kind) })
}

// Without leaves one out.
func (c Credentials) Without(id app.CredentialID) Credentials {
	return c.without(func(r port.CredentialRecord) bool { return r.ID == id })
}

// ByID finds one; nil where there is none.
func (c Credentials) ByID(id app.CredentialID) *port.CredentialRecord {
	at := slices.IndexFunc(c, func(r port.CredentialRecord) bool { return r.ID == id })
	if at < 0 {
		return nil
	}
	return &c[at]
}

// Secrets are the secrets of those of a kind.
func (c Credentials) Secrets(kind app.Kind) [][]byte {
	var found [][]byte
	for _, r := range c {
		if r.Kind == kind {
			found = append(found, r.Secret)
		}
	}
	return found
}

// Variants are those that there are of a kind.
func (c Credentials) Variants(kind app.Kind) []string {
	var found []string
	for _, r := range c {
		if r.Kind == kind && r.Variant != "" {
			found = append(found, r.Variant)
		}
	}
	return found
}

// Has reports whether there is one of a kind and variant; of a kind without variants there may be several.
func (c Credentials) Has(kind app.Kind, variant string) bool {
	return slices.Contains(c.Variants(kind), variant)
}

// mostOfKind is how many credentials of each kind a person may register; 1 for those not named. Of numbers it is one for
// each use.
var mostOfKind = map[app.Kind]int{app.KindSecurityKey: 10, app.KindAuthApp: 5, app.KindSMS: 2, app.KindVoice: 3}

// Full reports whether no more of a kind may be registered.
func (c Credentials) Full(kind app.Kind) bool {
	return len(c.Of(kind)) >= max(mostOfKind[kind], 1)
}

// DialledNumber is the number of a credential, whatever its extension, or its address.
func DialledNumber(c port.CredentialRecord) string {
	number, _, _ := strings.Cut(c.Address, ";")
	return number
}

// Replaceable reports whether a kind is one of those that can be set up anew in place of a registered one. Of what one may
// have several of, a new one is added.
func Replaceable(kind app.Kind) bool {
	return kind == app.KindSMS || kind == app.KindVoice || kind == app.KindEmail || kind == app.KindQuestions
}
