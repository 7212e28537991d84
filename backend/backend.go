// Package backend carries out what people ask for. It composes the rooms below it and implements the services of package
// app: flows are the conversations, session opens and renews sessions, admin is for administrators, worker goes on by
// itself. All of them stand on core, and ask rules and limit. It knows no technology: the store, the directory, the methods
// and the clock are given.
package backend

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/admin"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/flow"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
	"github.com/sparekey/sparekey/backend/session"
	"github.com/sparekey/sparekey/backend/worker"
)

// Config is what a Backend is made of.
type Config = core.Config

// Resources are what a policy needs open.
type Resources = core.Resources

// Backend implements the services of package app. It is safe for concurrent use.
type Backend struct {
	*flow.Flows
	*session.Sessions
	*admin.Admin
	*worker.Worker
	core *core.Core
}

var (
	_ app.Front    = (*Backend)(nil)
	_ app.Flows    = (*Backend)(nil)
	_ app.Grants   = (*Backend)(nil)
	_ app.Policies = (*Backend)(nil)
	_ app.Contacts = (*Backend)(nil)
	_ app.Passes   = (*Backend)(nil)
	_ app.Stations = (*Backend)(nil)
	_ app.Tokens   = (*Backend)(nil)
	_ app.People   = (*Backend)(nil)
	_ app.Messages = (*Backend)(nil)
	_ app.Accounts = (*Backend)(nil)

	_ app.Objections = (*Backend)(nil)

	_ port.Receipts           = (*Backend)(nil)
	_ app.StationDoor         = (*Backend)(nil)
	_ app.FirstAdministrators = (*Backend)(nil)
)

// New checks the configuration and makes a Backend. StartWorker sets its worker going.
func New(c Config) (*Backend, error) {
	wake := make(chan struct{}, 1)
	shared, err := core.New(c, func() {
		select {
		case wake <- struct{}{}:
		default: // the worker is awake already
		}
	})
	if err != nil {
		return nil, err
	}
	flows, err := flow.New(shared)
	if err != nil {
		return nil, err
	}
	return &Backend{
		Flows: flows, Sessions: session.New(shared, flows), Admin: admin.New(shared), Worker: worker.New(shared, flows, wake),
		core: shared,
	}, nil
}

// OpenPolicy reads a version of the policy and opens what it needs, as a Backend with this configuration does. The error
// says why this build can't use it.
func OpenPolicy(c Config, v port.PolicyVersion) (policy.Policy, Resources, error) {
	return core.OpenPolicy(c, v)
}

// Health is what the backend knows of what it stands on.
type Health = core.Health

// ReadHealth reads in a store what is known at now. It needs nothing that is sealed.
func ReadHealth(tx port.Tx, now time.Time) (Health, error) { return core.ReadHealth(tx, now) }

// Health looks.
func (b *Backend) Health(ctx context.Context) (Health, error) { return b.core.Health(ctx) }

// PolicyVersion is the number of the version in force; 0 while the store has none.
func (b *Backend) PolicyVersion() int { return b.core.PolicyVersion() }

// Organisation tells anyone who the organisation is.
func (b *Backend) Organisation(ctx context.Context) (app.Organisation, error) {
	op, release := b.core.Begin(ctx)
	defer release()
	p := op.Policy()
	return app.Organisation{
		Name:   p.Organisation.Name,
		Colour: p.Organisation.Colour,
		Logo:   op.Logo(),
		HelpDesk: app.HelpDesk{
			Name:  p.HelpDesk.Name,
			Phone: p.HelpDesk.Phone,
			Hours: p.HelpDesk.Hours,
			Link:  p.HelpDesk.Link,
		},
		Reset:  !op.Off(),
		Trial:  op.Trial,
		Gates:  p.Methods.Gates,
		Needed: op.Rules(rules.Subject{}).Needed(),
	}, nil
}
