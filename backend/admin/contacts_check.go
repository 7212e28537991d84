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
	read    []app.NumberRead // what had to be interpreted
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
	if made.Address == "" {
		return
	}
	if dialled(number) != made.Address {
		c.read = append(c.read, app.NumberRead{Line: c.row.Line, Column: string(column), From: number, As: made.Address})
	}
	if use == app.PhoneOffice {
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

// dialled leaves of a number what is dialled.
func dialled(number string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
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
			Now: c.op.Now(), Person: rules.SubjectOf(c.account).Person, Settings: c.op.Settings(),
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
	_, isPhone := in.(app.GivePhone)
	switch {
	case errors.As(err, &e) && isPhone:
		if e.Field == "extension" {
			column = contacts.ColumnExtension
		}
		c.phoneFault(column, app.PhoneFault(e.Params["why"]))
	case app.CodeOf(err) == app.CodeOwnDomain:
		c.say(column, "own_domain")
	default:
		c.say(column, "address")
	}
}

// phoneFault says what is wrong with a number.
func (c *checking) phoneFault(column contacts.Column, why app.PhoneFault) {
	switch why {
	case app.PhoneSigns:
		c.say(column, "phone_signs")
	case app.PhoneShortened:
		c.say(column, "phone_shortened")
	case app.PhoneNoCountry:
		c.say(column, "phone_region")
	case app.PhoneCountryCode:
		c.say(column, "phone_country_code")
	case app.PhoneShort:
		c.say(column, "phone_short")
	case app.PhoneLong:
		c.say(column, "phone_long")
	case app.PhoneUnassigned:
		c.say(column, "phone_unassigned")
	case app.PhoneNoPlus:
		c.say(column, "phone_no_plus")
	case app.PhoneExtension:
		c.say(column, "extension")
	case app.PhoneTwoExtensions:
		c.say(column, "extension_twice")
	case app.PhoneLandLine:
		c.say(column, "phone_land_line")
	case app.PhoneTariff:
		c.say(column, "phone_tariff")
	case app.PhoneNobodys:
		c.say(column, "phone_nobodys")
	case app.PhoneExtensionMobile:
		c.say(column, "extension_mobile")
	default:
		c.say(column, "phone")
	}
}
