package admin

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sheet"
)

// called reports whether an account is found under a user ID as its own. A mailbox leads to it too, and may be the user ID of
// somebody who is not there yet, or not any more: it is nobody to enter, to disable or to remove.
func called(account port.DirectoryAccount, userID string) bool {
	return typed.Fold(account.UserID) == typed.Fold(userID) || typed.Fold(account.Mail) != typed.Fold(userID)
}

// merged is somebody who is there already, with what a row says otherwise: an empty field says nothing. whole is false where the row
// has one half of a name whose other half nobody knows.
func merged(row sheet.Row, account, before port.DirectoryAccount) (_ port.DirectoryAccount, whole bool) {
	whole = rename(row, &account, before)
	account.ID, account.UserID = before.ID, before.UserID
	account.Name, account.Mail = cmp.Or(account.Name, before.Name), cmp.Or(account.Mail, before.Mail)
	if len(account.Names) == 0 {
		account.Names = before.Names
	}
	if row.Value(personGroups) == "" {
		account.Groups = before.Groups
	}
	if row.Value(personAdmin) == "" {
		account.Admin = before.Admin
	}
	return account, whole
}

// rename completes a given or a family name that stands alone by the other one from before, and the name that was made of both.
func rename(row sheet.Row, account *port.DirectoryAccount, before port.DirectoryAccount) (whole bool) {
	halves := []string{typed.Name(row.Value(personGiven)), typed.Name(row.Value(personFamily))}
	if (halves[0] == "") == (halves[1] == "") || slices.Equal(account.Names, before.Names) {
		return true
	}
	alone := row.Value(personName) == ""
	if len(before.Names) != len(halves) {
		return !alone
	}
	for i := range halves {
		halves[i] = cmp.Or(halves[i], before.Names[i])
	}
	account.Names = halves
	switch {
	case !alone:
	case before.Name == strings.Join(before.Names, " "):
		account.Name = strings.Join(halves, " ")
	default:
		account.Name = before.Name
	}
	return true
}

// sameAccount reports whether two accounts are entered alike.
func sameAccount(a, b port.DirectoryAccount) bool {
	return a.UserID == b.UserID && a.Name == b.Name && slices.Equal(a.Names, b.Names) && a.Mail == b.Mail && slices.Equal(a.Groups, b.Groups) && a.Admin == b.Admin
}
