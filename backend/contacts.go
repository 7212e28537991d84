package backend

import (
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Contacts that an administrator entered beforehand are credentials that count for nothing until a code proves them:
//
//	entered ──the first right code, at a gate of a reset──▶ confirmed: a credential as any other
//	   │                                                       but a number passes one gate of a reset only
//	   └──its owner registers that use of a number, or an address──▶ replaced
//
// At a gate they serve whoever never had a password; by policy they serve whoever forgot it, too. They never pass a gate
// of an administrator's reset, confirmed or not: whoever can enter a contact could else become one.

// credentials are the account's that may be used in this flow, oldest first; none while nobody is known.
func (t *talk) credentials() ([]port.CredentialRecord, error) {
	all, err := t.onFile()
	return t.among(all), err
}

// among are those on file that may be used in this flow.
func (t *talk) among(all []port.CredentialRecord) []port.CredentialRecord {
	switch {
	case t.contactsServe():
		return all
	case t.resetting():
		return entitled(counting(all), t.s.Who.Admin)
	}
	return counting(all)
}

// onFile are all of the account's, contacts that nobody confirmed among them; decoys in a decoy.
func (t *talk) onFile() ([]port.CredentialRecord, error) {
	if t.rec.Account == "" || t.s.At == atSignIn { // before the password is right, the time must not tell how many there are
		return nil, nil
	}
	if !t.secretive() {
		return t.tx.Credentials(t.rec.Account)
	}
	creds, err := t.read()
	if err != nil {
		return nil, err
	}
	decoys, err := t.decoys() // for a real flow too, so that it takes as long
	if t.decoy() {
		return decoys, err
	}
	return creds, err
}

// counting leaves contacts out that nobody confirmed.
func counting(creds []port.CredentialRecord) []port.CredentialRecord {
	return slices.DeleteFunc(slices.Clone(creds), func(c port.CredentialRecord) bool { return !c.Counts() })
}

// entitled leaves out, for an administrator, what was entered: whoever was helped by contacts may have become one since.
func entitled(creds []port.CredentialRecord, admin bool) []port.CredentialRecord {
	return slices.DeleteFunc(slices.Clone(creds), func(c port.CredentialRecord) bool { return admin && !c.Entered.IsZero() })
}

// byContacts reports whether a contact that was entered has passed a gate of this flow.
func (t *talk) byContacts() bool {
	for _, entered := range t.s.Through {
		if entered {
			return true
		}
	}
	return false
}

// contactsServe reports whether contacts that nobody confirmed may pass the gates of this flow.
func (t *talk) contactsServe() bool { return t.resetting() && t.b.contactsServe(t.s.Who) }

// contactsServe reports whether they may pass the gates of a person's resets.
func (b *Backend) contactsServe(w who) bool {
	return !w.Admin && (w.Never || b.policy().Registration.ContactsMayReset)
}

// unspent leaves out a number that has passed a gate, where it was entered: a text and a call to it are one telephone.
func (t *talk) unspent(creds []port.CredentialRecord) []port.CredentialRecord {
	return slices.DeleteFunc(slices.Clone(creds), func(c port.CredentialRecord) bool {
		entered, passed := t.s.Through[dialled(c)]
		return passed && (entered || !c.Entered.IsZero())
	})
}

// dialled is the number of a credential, whatever its extension, or its address.
func dialled(c port.CredentialRecord) string {
	number, _, _ := strings.Cut(c.Address, ";")
	return number
}

// enough reports whether the ways that are left can pass the gates that are left.
func (t *talk) enough(creds []port.CredentialRecord) bool {
	ways, left := t.ways(creds), t.s.left()
	if !t.resetting() {
		return len(ways) >= left
	}
	return t.b.passable(t.serving(creds), ways, left, t.s.Who.Admin)
}

// passable reports whether credentials of these kinds can pass that many gates, two at most.
func (b *Backend) passable(creds []port.CredentialRecord, kinds []app.Kind, gates int, admin bool) bool {
	if gates < 2 {
		return len(kinds) >= gates
	}
	if b.worth(creds, kinds, admin) > len(kinds) { // one that counts as two
		return true
	}
	creds = slices.DeleteFunc(slices.Clone(creds), func(c port.CredentialRecord) bool { return !slices.Contains(kinds, c.Kind) })
	for i, first := range creds {
		if slices.ContainsFunc(creds[i+1:], func(second port.CredentialRecord) bool { return beside(first, second) }) {
			return true
		}
	}
	return false
}

// beside reports whether two credentials can pass two gates.
func beside(first, second port.CredentialRecord) bool {
	entered := !first.Entered.IsZero() || !second.Entered.IsZero()
	oneNumber := first.Address != "" && dialled(first) == dialled(second)
	return first.Kind != second.Kind && !(entered && oneNumber)
}

// strand blocks whoever has too few ways to pass the gates.
func (t *talk) strand() { t.block(t.noWay(), noTime) }

// noWay is the code of too few ways.
func (t *talk) noWay() app.Code {
	if t.s.Who.Never {
		return app.CodeNoWayYet
	}
	return app.CodeNotVerified
}

// confirmContact takes a contact for its owner's, from the proof that it has just given.
func (t *talk) confirmContact(c *port.CredentialRecord) error {
	if t.resetting() && c.Address != "" {
		if t.s.Through == nil {
			t.s.Through = make(map[string]bool)
		}
		t.s.Through[dialled(*c)] = !c.Entered.IsZero()
	}
	if c.Counts() {
		return nil
	}
	c.Confirmed, t.s.Confirmed = t.now, true
	return t.audit(event{action: "contact.confirmed", result: resultSucceeded, method: c.Kind})
}

// supersede deletes contacts that nobody confirmed, in whose place their owner has registered one.
func (t *talk) supersede(by port.CredentialRecord) error {
	all, err := t.onFile()
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Counts() || c.Kind != by.Kind || c.Variant != by.Variant {
			continue
		}
		if err := t.tx.DeleteCredential(c.ID); err != nil {
			return err
		}
	}
	return nil
}
