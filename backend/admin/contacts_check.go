package admin

import (
	"errors"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/contacts"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// checking is a row on its way through the checks.
type checking struct {
	op      *operation
	row     contacts.Row
	region  string
	account port.DirectoryAccount
	numbers map[string]int // of people's own telephones, to the row that names it
	entered []contact
	found   []app.Problem
}

func (c *checking) all() {
	texts, calls := []app.Kind{app.KindSMS, app.KindVoice}, []app.Kind{app.KindVoice}
	c.phone(contacts.ColumnMobile, c.row.Mobile, app.PhoneMobile, "", texts)
	c.phone(contacts.ColumnAlternate, c.row.Alternate, app.PhoneAlternate, "", texts)
	c.phone(contacts.ColumnOffice, c.row.Office, app.PhoneOffice, c.row.Extension, calls)
	if c.row.Email != "" {
		c.make(contacts.ColumnEmail, app.GiveAddress{Address: c.row.Email}, []app.Kind{app.KindEmail})
	}
}

func (c *checking) phone(column contacts.Column, number string, use app.PhoneUse, extension string, kinds []app.Kind) {
	if number == "" {
		return
	}
	made := c.make(column, app.GivePhone{Number: number, Region: c.region, Use: use, Extension: extension}, kinds)
	if made.Address == "" || use == app.PhoneOffice {
		return
	}
	if line, known := c.numbers[made.Address]; known {
		if line == c.row.Line {
			c.say(column, "row_twice")
		} else {
			c.say(column, "same_as", "row", line)
		}
		return
	}
	c.numbers[made.Address] = c.row.Line
}

func (c *checking) say(column contacts.Column, code string, params ...any) {
	c.found = append(c.found, c.row.Problem(column, code, params...))
}

// make has each method that the policy allows make its credential, and gives the last.
func (c *checking) make(column contacts.Column, in app.Input, kinds []app.Kind) app.NewCredential {
	var made app.NewCredential
	allowed := false
	for _, kind := range c.op.Rules(rules.Subject{}).Offered() {
		method, is := c.op.Method(kind).(app.Contactable)
		if !is || !slices.Contains(kinds, kind) {
			continue
		}
		allowed = true
		var err error
		made, err = method.Contact(app.Turn{
			Now: c.op.Now(), Person: rules.SubjectOf(c.account, 0).Person, Settings: c.op.Settings(),
		}, in)
		if err != nil {
			c.refused(column, in, err)
			return app.NewCredential{}
		}
		c.entered = append(c.entered, contact{account: c.account.ID, kind: kind, made: made, column: column})
	}
	if !allowed {
		c.say(column, "contact_not_allowed")
	}
	return made
}

// refused names the problem behind a method's refusal.
func (c *checking) refused(column contacts.Column, in app.Input, err error) {
	var e *app.Error
	if errors.As(err, &e) && e.Field == "extension" {
		column = contacts.ColumnExtension
	}
	phone, isPhone := in.(app.GivePhone)
	switch code := app.CodeOf(err); {
	case column == contacts.ColumnExtension:
		c.say(column, "extension")
	case code == app.CodeOwnDomain:
		c.say(column, "own_domain")
	case code == app.CodePhoneUse:
		c.say(column, "phone_use")
	case isPhone && phone.Region == "" && !strings.HasPrefix(phone.Number, "+"):
		c.say(column, "phone_region")
	case isPhone:
		c.say(column, "phone")
	default:
		c.say(column, "address")
	}
}
