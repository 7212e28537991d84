package flow

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Contacts that an administrator entered beforehand are credentials that count for nothing until a code proves them:
//
//	entered ──the first right code, at a gate of a reset──▶ confirmed: a credential as any other
//	   │                                                       (a number passes one gate of a reset, as every number does)
//	   └──its owner registers that use of a number, or an address──▶ replaced
//
// At a gate they serve whoever never had a password; by policy they serve whoever forgot it, too. They never pass a gate
// of an administrator's reset, confirmed or not: whoever can enter a contact could else become one.

// byContacts reports whether a contact that was entered has passed a gate of this flow.
func (f *flow) byContacts() bool {
	for _, entered := range f.s.PassedBy {
		if entered {
			return true
		}
	}
	return false
}

// contactsServe reports whether contacts that nobody confirmed may pass the gates of this flow.
func (f *flow) contactsServe() bool { return f.purpose.recovers() && f.rules().ContactsServe() }

// confirmContact takes a contact for its owner's, from the proof that it has just given, and tells the work mailbox.
func (f *flow) confirmContact(c *port.CredentialRecord) error {
	if (f.purpose.recovers() || f.standsIn()) && c.Address != "" {
		if f.s.PassedBy == nil {
			f.s.PassedBy = make(map[string]bool)
		}
		f.s.PassedBy[rules.DialledNumber(*c)] = !c.Entered.IsZero()
	}
	if c.Counts() {
		return nil
	}
	c.Confirmed, f.s.Confirmed = f.now, true
	n := core.Notice{Template: app.MessageContactConfirmed, Params: map[string]string{"kind": string(c.Kind)}}
	if err := f.tx.NotifyMailbox(f.rec.Account, f.s.Subject, n); err != nil { // whoever entered it may have entered their own
		return err
	}
	return f.audit(event{action: "contact.confirmed", result: core.Succeeded, method: c.Kind})
}

// supersede deletes contacts that nobody confirmed, in whose place their owner has registered one.
func (f *flow) supersede(by port.CredentialRecord) error {
	all, err := f.onFile()
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Counts() || c.Kind != by.Kind || c.Variant != by.Variant {
			continue
		}
		if err := f.tx.DeleteCredential(c, core.Deletion{}); err != nil {
			return err
		}
	}
	return nil
}
