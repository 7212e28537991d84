package admin

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// The people of a directory that Sparekey keeps itself. It is a file of its own, so no transaction spans it and the store. What is
// asked for is in the audit trail before the directory is told (people.add and others), and what came of it after (people.write),
// as with a password. A command that was killed between the two is given again: each leads to the same, however far the one
// before came.

// requirePeople refuses everyone but an administrator, and anybody where people are entered elsewhere.
func (o *operation) requirePeople(ctx context.Context, changes bool) error {
	err := o.requireAdministrator(ctx, changes)
	if err == nil && o.People == nil {
		err = app.NewProblem("", "people_elsewhere")
	}
	return err
}

// ListPeople implements app.People.
func (a *Admin) ListPeople(ctx context.Context) ([]app.DirectoryPerson, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requirePeople(ctx, false); err != nil {
		return nil, err
	}
	accounts, err := o.People.People(ctx)
	if err != nil {
		return nil, core.Unavailable(err)
	}
	var all []app.DirectoryPerson
	err = o.View(ctx, func(tx *core.Tx) error {
		for _, p := range accounts {
			creds, err := tx.Credentials(p.ID)
			if err != nil {
				return err
			}
			all = append(all, app.DirectoryPerson{
				Account: p.ID, UserID: p.UserID, Name: p.Name, Names: p.Names, Mail: p.Mail, Groups: p.Groups, Admin: p.Admin,
				Disabled: p.Disabled, HasPassword: p.HasPassword, Registered: len(creds.Confirmed()),
			})
		}
		return nil
	})
	return all, err
}

// ChangePerson implements app.People.
func (a *Admin) ChangePerson(ctx context.Context, c app.ChangePerson) (app.PersonChanged, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requirePeople(ctx, true); err != nil {
		return app.PersonChanged{}, err
	}
	userID, err := typed.UserID(c.UserID)
	if err != nil {
		return app.PersonChanged{}, app.NewProblem("user_id", "unknown_person")
	}
	account, known, err := o.FindAccount(ctx, userID)
	switch {
	case err != nil:
		return app.PersonChanged{}, core.Unavailable(err)
	case !known || !called(account, userID):
		return app.PersonChanged{}, app.NewProblem("user_id", "unknown_person")
	}
	changed := app.PersonChanged{Person: app.Person{Account: account.ID, UserID: account.UserID, Name: account.Name}}
	switch c.What {
	case app.PersonDisable, app.PersonEnable:
		disable := c.What == app.PersonDisable
		if changed.DidNothing = account.Disabled == disable; !changed.DidNothing {
			err = o.disable(ctx, c, account, disable)
		}
	case app.PersonRemove:
		changed.Forgotten, err = o.remove(ctx, c, account)
	default:
		err = &app.Error{Code: app.CodeBadRequest}
	}
	if err != nil {
		return changed, err
	}
	admins, err := o.Administrators(ctx)
	changed.NoAdmin = account.Admin && len(admins) == 0
	return changed, core.Unavailable(err)
}

func (o *operation) disable(ctx context.Context, c app.ChangePerson, account port.DirectoryAccount, disabled bool) error {
	e := o.peopleEntry("people."+string(c.What), c.By)
	e.Account = string(account.ID)
	err := o.Update(ctx, func(tx *core.Tx) error {
		if disabled {
			if err := o.endAll(tx, account.ID); err != nil {
				return err
			}
		}
		return tx.LogAndSign(e)
	})
	if err != nil {
		return err
	}
	return o.write(ctx, e, func() error { return o.People.Disable(ctx, account.ID, disabled) })
}

// remove takes somebody away. They are disabled first, so that nobody registers anything more while what the store has of them is
// deleted; the directory lets go of them last, so that the same command finds them again where it was cut short.
func (o *operation) remove(ctx context.Context, c app.ChangePerson, account port.DirectoryAccount) (forgotten int, err error) {
	e := o.peopleEntry("people."+string(c.What), c.By)
	e.Account = string(account.ID)
	if err := o.Update(ctx, func(tx *core.Tx) error { return tx.LogAndSign(e) }); err != nil {
		return 0, err
	}
	if err := o.People.Disable(ctx, account.ID, true); err != nil {
		return 0, o.write(ctx, e, func() error { return err })
	}
	err = o.Update(ctx, func(tx *core.Tx) error {
		if err := o.endAll(tx, account.ID); err != nil {
			return err
		}
		creds, err := tx.Credentials(account.ID)
		if err != nil {
			return err
		}
		forgotten = len(creds)
		for _, c := range creds {
			if err := tx.Tx.DeleteCredential(c.ID); err != nil {
				return err
			}
		}
		tx.ForgetCredentials()
		_, err = tx.DeleteFrozen(account.ID)
		return err
	})
	if err != nil {
		return 0, err
	}
	return forgotten, o.write(ctx, e, func() error { return o.People.Remove(ctx, account.ID) })
}

// endAll ends what is open for an account: sessions, conversations, a pass.
func (o *operation) endAll(tx *core.Tx, id app.AccountID) error {
	_, err1 := tx.EndSessions(id, o.Now())
	_, err2 := tx.EndFlows(id, "", o.Now())
	_, err3 := tx.DeletePass(id)
	return errors.Join(err1, err2, err3)
}

// write has the directory do what is in the audit trail already, and tells that what came of it.
func (o *operation) write(ctx context.Context, asked port.AuditEntry, do func() error) error {
	e, err := asked, do()
	e.Action = "people.write"
	if err != nil {
		e.Result = core.Failed
	}
	return errors.Join(core.Unavailable(err), o.Update(ctx, func(tx *core.Tx) error { return tx.LogAndSign(e) }))
}

// peopleEntry is an entry of the caller's.
func (o *operation) peopleEntry(action, by string) port.AuditEntry {
	e := o.entry(action, core.Succeeded)
	e.By = o.actor(by)
	return e
}

// enter enters what was checked, and says so in the audit trail.
func (o *operation) enter(ctx context.Context, e port.AuditEntry, checked checkedPeople) error {
	e.Reason = fmt.Sprintf("added=%d updated=%d same=%d administrators=%d former=%d", checked.added, checked.updated, checked.same,
		checked.admins, checked.former)
	for i := range checked.enter {
		if checked.enter[i].ID != "" {
			continue
		}
		id, err := o.NewID()
		if err != nil {
			return o.Failed(err)
		}
		checked.enter[i].ID = app.AccountID(id)
	}
	if len(checked.enter) == 1 {
		e.Account = string(checked.enter[0].ID)
	}
	if err := o.Update(ctx, func(tx *core.Tx) error { return tx.LogAndSign(e) }); err != nil {
		return err
	}
	return o.write(ctx, e, func() error { return o.People.Enter(ctx, checked.enter) })
}
