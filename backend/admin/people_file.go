package admin

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sheet"
)

// The columns of a file of people.
const (
	personUserID = "user_id"
	personName   = "name"
	personGiven  = "given_name"
	personFamily = "family_name"
	personMail   = "mail"
	personGroups = "groups"
	personAdmin  = "administrator"
)

var peopleForm = sheet.Form{
	Columns:  []string{personUserID, personName, personGiven, personFamily, personMail, personGroups, personAdmin},
	Required: []string{personUserID},
	// Entra's "Download users" and PowerShell have names of the directory, the admin center of Microsoft 365 has words.
	Exports: map[string]map[string][]string{"microsoft": {
		personUserID: {"userPrincipalName", "User principal name"},
		personName:   {"displayName", "Display name"},
		personGiven:  {"givenName", "First name"},
		personFamily: {"surname", "Last name"},
		personMail:   {"mail"},
	}},
}

// maxNameLength is how long a name may be, in characters.
const maxNameLength = 200

// groupSeparator stands between the groups of somebody, and noGroups in place of any.
const (
	groupSeparator = ";"
	noGroups       = "-"
)

// checkedPeople is what came of checking people.
type checkedPeople struct {
	enter                        []port.DirectoryAccount // new ones have no ID yet
	added, updated, same, admins int
	former                       int // administrators
	found                        []app.Problem
}

// AddPerson implements app.People.
func (a *Admin) AddPerson(ctx context.Context, p app.EnterPerson) (app.Person, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requirePeople(ctx, true); err != nil {
		return app.Person{}, err
	}
	yes := "no"
	if p.Admin {
		yes = "yes"
	}
	row := sheet.RowOf(0, map[string]string{
		personUserID: p.UserID, personName: p.Name, personGiven: p.Given, personFamily: p.Family, personMail: p.Mail,
		personGroups: strings.Join(p.Groups, groupSeparator), personAdmin: yes,
	})
	checked, err := o.checkPeople(ctx, []sheet.Row{row})
	if err != nil {
		return app.Person{}, core.Unavailable(err)
	}
	if checked.added == 0 && len(checked.found) == 0 {
		checked.found = append(checked.found, row.Problem(personUserID, "person_there"))
	}
	if len(checked.found) > 0 {
		return app.Person{}, joined(checked.found)
	}
	if err := o.enter(ctx, o.peopleEntry("people.add", p.By), checked); err != nil {
		return app.Person{}, err
	}
	made := checked.enter[0]
	return app.Person{Account: made.ID, UserID: made.UserID, Name: made.Name}, nil
}

func joined(found []app.Problem) error {
	all := make([]error, len(found))
	for i, p := range found {
		all[i] = p
	}
	return errors.Join(all...)
}

// ImportPeople implements app.People.
func (a *Admin) ImportPeople(ctx context.Context, file app.PeopleFile) (app.PeopleEntered, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requirePeople(ctx, true); err != nil {
		return app.PeopleEntered{}, err
	}
	rows, found, err := peopleForm.Read(bytes.NewReader(file.Content), sheet.Naming{
		Columns: file.Columns, From: file.From, IgnoreOthers: file.IgnoreOthers,
	})
	if err != nil {
		return app.PeopleEntered{Problems: app.ProblemsOf(err)}, nil
	}
	checked, err := o.checkPeople(ctx, rows)
	if err != nil {
		return app.PeopleEntered{}, core.Unavailable(err)
	}
	found = append(found, checked.found...)
	sheet.Sort(found)
	done := app.PeopleEntered{
		Added: checked.added, Updated: checked.updated, Same: checked.same, NewAdmins: checked.admins, FormerAdmins: checked.former, Problems: found,
	}
	if file.DryRun || len(found) > 0 && !file.SkipBad {
		return done, nil
	}
	done.Written = true
	return done, o.enter(ctx, o.peopleEntry("people.import", file.By), checked)
}

// checkPeople looks at each row, and whom of them the directory has already.
func (o *operation) checkPeople(ctx context.Context, rows []sheet.Row) (checkedPeople, error) {
	var c checkedPeople
	first := map[string]int{} // by what the directory calls a person, the row of each
	for _, row := range rows {
		account, found := personOf(row)
		if len(found) > 0 {
			c.found = append(c.found, found...)
			continue
		}
		before, known, err := o.FindAccount(ctx, account.UserID)
		if err != nil {
			return c, err
		}
		if known && !called(before, account.UserID) {
			c.found = append(c.found, row.Problem(personUserID, "mailbox_of", "user_id", before.UserID))
			continue
		}
		whole := cmp.Or(string(before.ID), typed.Fold(before.UserID))
		if line, twice := first[whole]; twice {
			c.found = append(c.found, row.Problem(personUserID, "same_person", "row", line))
			continue
		}
		first[whole] = row.Line
		c.take(row, account, before, known)
	}
	return c, nil
}

// take counts a person, whom the directory has as before where they are known, and for whom it has the whole user ID where not.
func (c *checkedPeople) take(row sheet.Row, account, before port.DirectoryAccount, known bool) {
	if !known {
		if account.Name == "" {
			c.found = append(c.found, row.Problem(personName, "person_name"))
			return
		}
		if before.UserID != typed.Fold(account.UserID) { // the domain completes it
			account.UserID = before.UserID
		}
		c.added++
	} else {
		var whole bool
		if account, whole = merged(row, account, before); !whole {
			c.found = append(c.found, row.Problem(personName, "person_name"))
			return
		}
		if sameAccount(account, before) {
			c.same++
			return
		}
		c.updated++
	}
	switch {
	case account.Admin && !before.Admin:
		c.admins++
	case before.Admin && !account.Admin:
		c.former++
	}
	c.enter = append(c.enter, account)
}

// readRow is a row that is read, and what is wrong in it.
type readRow struct {
	sheet.Row
	found []app.Problem
}

func (r *readRow) say(column, code string, params ...any) {
	r.found = append(r.found, r.Problem(column, code, params...))
}

// personOf reads a row; the problems say what is wrong in it.
func personOf(given sheet.Row) (port.DirectoryAccount, []app.Problem) {
	row := &readRow{Row: given}
	a := row.person()
	return a, row.found
}

func (r *readRow) person() (a port.DirectoryAccount) {
	given, family := typed.Name(r.Value(personGiven)), typed.Name(r.Value(personFamily))
	a = port.DirectoryAccount{
		UserID: r.userID(), Name: cmp.Or(typed.Name(r.Value(personName)), strings.TrimSpace(given+" "+family)), Mail: r.mail(), Groups: r.groups(),
	}
	if a.Names = slices.DeleteFunc([]string{given, family}, func(n string) bool { return n == "" }); len(a.Names) == 0 {
		a.Names = strings.Fields(a.Name)
	}
	for _, said := range []struct {
		column string
		texts  []string
	}{{personName, []string{a.Name}}, {personGiven, []string{given}}, {personFamily, []string{family}}, {personGroups, a.Groups}} {
		if slices.ContainsFunc(said.texts, unlikeAName) {
			r.say(said.column, "name_long", "most", maxNameLength)
		}
	}
	var known bool
	if a.Admin, known = yesOrNo[strings.ToLower(r.Value(personAdmin))]; !known {
		r.say(personAdmin, "yes_or_no")
	}
	return a
}

func (r *readRow) userID() string {
	userID, err := typed.UserID(r.Value(personUserID))
	switch {
	case r.Value(personUserID) == "":
		r.say(personUserID, "user_id_empty")
	case err != nil || !typed.Printable(userID):
		r.say(personUserID, "user_id_malformed")
	}
	return userID
}

func (r *readRow) mail() string {
	address := typed.Address(r.Value(personMail))
	if read, err := mail.ParseAddress(address); address != "" && (err != nil || read.Address != address) {
		r.say(personMail, "mail_malformed")
	}
	return address
}

func (r *readRow) groups() (all []string) {
	if r.Value(personGroups) == noGroups {
		return nil
	}
	for group := range strings.SplitSeq(r.Value(personGroups), groupSeparator) {
		if group = typed.Name(group); group != "" && !slices.Contains(all, group) {
			all = append(all, group)
		}
	}
	return all
}

func unlikeAName(text string) bool {
	return utf8.RuneCountInString(text) > maxNameLength || !typed.Printable(text)
}

// yesOrNo is how programs write the two; nothing says nothing.
var yesOrNo = map[string]bool{"": false, "no": false, "false": false, "0": false, "n": false, "yes": true, "true": true, "1": true, "y": true}
