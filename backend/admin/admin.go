// Package admin carries out what administrators ask for: passes, contacts that are entered beforehand, versions of the
// policy, stations, people of a directory that Sparekey keeps. It implements the services of app.Administration for real, and the door that stations come in by.
package admin

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// Admin implements app.Policies, app.Contacts, app.Passes, app.Stations, app.People and app.StationDoor. It is safe for concurrent use.
type Admin struct {
	core *core.Core
	used stationUse
}

var (
	_ app.Policies = (*Admin)(nil)
	_ app.Contacts = (*Admin)(nil)
	_ app.Passes   = (*Admin)(nil)
	_ app.Stations = (*Admin)(nil)
	_ app.People   = (*Admin)(nil)

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
	err := o.View(ctx, func(tx *core.Tx) error {
		rec, err := tx.Session(caller.Session)
		switch {
		case errors.Is(err, port.ErrNotFound), err == nil && (!o.Good(rec) || rec.ByPass):
			return &app.Error{Code: app.CodeSignedOut}
		case err == nil && changes && !limit.Within(freshFor, rec.ProvenAt, o.Now()):
			return &app.Error{Code: app.CodeProofOld}
		}
		return err
	})
	var refusal *app.Error
	if errors.As(err, &refusal) {
		return o.Stamp(refusal, "")
	}
	return err
}

// actor is who does it, for the audit trail: the caller's account, or the person that a program in this process acts for.
func (o *operation) actor(by string) string {
	if o.Caller().Account != "" {
		return string(o.Caller().Account)
	}
	return by
}
