package admin

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/contacts"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// A number or an address that is on file for somebody else is a slip of the pen, or somebody's who wants to get into the
// account. Either way it would let one person prove that they are another. An office telephone may be many people's.

// findElsewhere names what rows would enter and somebody else has, registered or entered.
func findElsewhere(tx *core.Tx, rows []*checking) error {
	gone := make(map[place]bool)
	for _, c := range rows {
		for _, made := range c.entered {
			gone[place{made.account, made.kind, made.made.Variant}] = true
		}
	}
	for _, c := range rows {
		if err := c.findElsewhere(tx, gone); err != nil {
			return err
		}
	}
	return nil
}

// place is where a contact stands: of one account one of each kind and use.
type place struct {
	account app.AccountID
	kind    app.Kind
	variant string
}

// findElsewhere does it for a row; what nobody confirmed and this import moves from its place is nobody's any more.
func (c *checking) findElsewhere(tx *core.Tx, gone map[place]bool) error {
	var named []contacts.Column
	for _, made := range c.entered {
		if made.column == contacts.ColumnOffice || slices.Contains(named, made.column) {
			continue
		}
		kinds := []app.Kind{app.KindEmail}
		if made.kind != app.KindEmail {
			kinds = []app.Kind{app.KindSMS, app.KindVoice}
		}
		for _, kind := range kinds {
			holders, err := tx.CredentialsByAddress(kind, made.made.Address)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(holders, func(r port.CredentialRecord) bool {
				moved := !r.Counts() && gone[place{r.Account, r.Kind, r.Variant}]
				return r.Account != c.account.ID && !moved
			}) {
				c.say(made.column, "on_file_elsewhere")
				named = append(named, made.column)
				break
			}
		}
	}
	return nil
}
