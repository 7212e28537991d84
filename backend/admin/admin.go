// Package admin carries out what administrators ask for: passes, contacts that are entered beforehand, versions of the
// policy, stations, people of a directory that Sparekey keeps, tokens for scripts. It implements the services of app.Administration for real, and the door that stations come in by.
package admin

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// Admin implements app.Policies, app.Contacts, app.Passes, app.Stations, app.People, app.Accounts, app.Tokens, app.Messages and app.StationDoor. It is safe for concurrent use.
type Admin struct {
	core  *core.Core
	heard core.Uses[heard]
}

var (
	_ app.Policies = (*Admin)(nil)
	_ app.Contacts = (*Admin)(nil)
	_ app.Passes   = (*Admin)(nil)
	_ app.Stations = (*Admin)(nil)
	_ app.Tokens   = (*Admin)(nil)
	_ app.People   = (*Admin)(nil)
	_ app.Accounts = (*Admin)(nil)
	_ app.Messages = (*Admin)(nil)

	_ app.StationDoor = (*Admin)(nil)
)

// New makes the administration of a backend.
func New(c *core.Core) *Admin { return &Admin{core: c} }

// operation is a core.Operation of an administrator.
type operation struct{ *core.Operation }

func (a *Admin) begin(ctx context.Context) (*operation, func()) {
	op, release := a.core.Begin(ctx)
	return &operation{op}, release
}

// freshFor is how long a proof is fresh enough to change something in.
const freshFor = 10 * time.Minute

// requireAdministrator refuses everyone but an administrator. One who came by a session must have proven lately who they
// are; one in this process runs the program, and needs no session.
func (o *operation) requireAdministrator(ctx context.Context, changes bool) error {
	caller := o.Caller()
	switch {
	case caller.Role != app.RoleAdmin:
		return o.Stamp(&app.Error{Code: app.CodeForbidden}, "")
	case caller.Session == "" && caller.Origin.Network == core.InProcess:
		return nil
	}
	return o.judge(ctx, func(tx *core.Tx) error {
		rec, err := tx.Session(caller.Session)
		switch {
		case errors.Is(err, port.ErrNotFound), err == nil && (!o.Good(rec) || rec.ByPass):
			return &app.Error{Code: app.CodeSignedOut}
		case err == nil && changes && !limit.Within(freshFor, rec.ProvenAt, o.Now()):
			return &app.Error{Code: app.CodeProofOld}
		}
		return err
	})
}

// requireScope refuses everyone but an administrator, as requireAdministrator does, and a token for scripts whose scopes cover
// what is done. What calls requireAdministrator is for people alone.
func (o *operation) requireScope(ctx context.Context, need app.Scope, changes bool) error {
	caller := o.Caller()
	if caller.Role != app.RoleScript {
		return o.requireAdministrator(ctx, changes)
	}
	return o.judge(ctx, func(tx *core.Tx) error {
		rec, err := tx.Token(caller.Token)
		switch {
		case errors.Is(err, port.ErrNotFound), err == nil && !rec.Good(o.Now()):
			return &app.Error{Code: app.CodeSignedOut}
		case err == nil && !app.Covered(rec.May, need):
			return &app.Error{Code: app.CodeTokenScope, Params: map[string]string{"scope": string(need)}}
		}
		return err
	})
}

// judge looks whether the caller may do something; a refusal is complete then.
func (o *operation) judge(ctx context.Context, look func(tx *core.Tx) error) error {
	err := o.View(ctx, look)
	var refusal *app.Error
	if errors.As(err, &refusal) {
		return o.Stamp(refusal, "")
	}
	return err
}

// actor is who does it, for the audit trail: the caller's token or account, or the person that a program in this process acts for.
func (o *operation) actor(by string) string {
	switch caller := o.Caller(); {
	case caller.Role == app.RoleScript:
		return core.ByToken(caller.Name)
	case caller.Account != "":
		return string(caller.Account)
	case by == "":
		return caller.Name
	}
	return by
}

// entry is an entry of the caller's for the audit trail.
func (o *operation) entry(action, result string) port.AuditEntry {
	from := o.Caller().Origin
	return port.AuditEntry{
		Action: action, Result: result, Role: string(o.Caller().Role), Station: from.Station, StationID: string(from.Enrolled), Network: from.Network,
	}
}

// goodName reports whether something may be called so: 1 to app.MaxStationName characters that can be printed.
func goodName(name string) bool {
	return name != "" && utf8.RuneCountInString(name) <= app.MaxStationName && name == strings.TrimSpace(name) &&
		utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}
