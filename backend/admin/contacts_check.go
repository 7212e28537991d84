package admin

import (
	"errors"
	"fmt"
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
	found   []contacts.Problem
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
		reason := fmt.Sprintf("is the same as in row %d", line)
		if line == c.row.Line {
			reason = "stands in this row twice"
		}
		c.say(column, reason)
		return
	}
	c.numbers[made.Address] = c.row.Line
}

func (c *checking) say(column contacts.Column, reason string) {
	c.found = append(c.found, contacts.Problem{Line: c.row.Line, Column: column, Reason: reason})
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
		c.say(column, "can't serve: the policy allows no method for it")
	}
	return made
}

// refused puts a method's refusal into words.
func (c *checking) refused(column contacts.Column, in app.Input, err error) {
	var e *app.Error
	if errors.As(err, &e) && e.Field == "extension" {
		column = contacts.ColumnExtension
	}
	phone, isPhone := in.(app.GivePhone)
	switch code := app.CodeOf(err); {
	case column == contacts.ColumnExtension:
		c.say(column, "is not an extension of at most 8 digits")
	case code == app.CodeOwnDomain:
		c.say(column, "is in the organisation's own domain: reading it takes the password")
	case code == app.CodePhoneUse:
		c.say(column, "is a number that can't serve here: a land line for a mobile, or one with a tariff of its own")
	case isPhone && phone.Region == "" && !strings.HasPrefix(phone.Number, "+"):
		c.say(column, "is not a phone number; without --region it begins with + and the country code")
	case isPhone:
		c.say(column, "is not a phone number")
	default:
		c.say(column, "is not an email address")
	}
}
