package entra_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/entra"
	"github.com/sparekey/sparekey/backend/directory/entra/entratest"
	"github.com/sparekey/sparekey/backend/port"
)

// service is a tenant under test.
type service struct {
	*entratest.Server
	t testing.TB
}

type object = entratest.Object

func newService(t testing.TB) *service {
	t.Helper()
	return &service{entratest.New(t), t}
}

// directory opens one that asks s.
func (s *service) directory(change ...func(*entra.Config)) *entra.Directory {
	s.t.Helper()
	config := entra.Config{
		Tenant: entratest.Tenant, Client: entratest.Client, Secret: func() (app.Secret, error) { return app.NewSecret(entratest.Secret), nil },
		Domain: "harbour.example", Administrators: []string{administrators}, GroupNames: true, Clock: system{}, Transport: s.Server,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, c := range change {
		c(&config)
	}
	d, err := entra.New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := d.Close(); err != nil {
			s.t.Error(err)
		}
	})
	return d
}

type system struct{}

func (system) Now() time.Time { return time.Now() }

// administrators is the group whose members administer Sparekey.
const administrators = "Sparekey Administrators"

// put is the contract's Put.
func (s *service) put(_ context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
	id := string(a.ID)
	s.Mu.Lock()
	known := s.Users[id] != nil
	s.Mu.Unlock()
	if !known {
		id = s.Person(a.UserID, nil)
	}
	s.Mu.Lock()
	defer s.Mu.Unlock()
	u := s.Users[id]
	for i, name := range []string{"givenName", "surname"} {
		if i < len(a.Names) {
			u[name] = a.Names[i]
		}
	}
	for name, value := range map[string]string{"displayName": a.Name, "mail": a.Mail} {
		if value != "" {
			u[name] = value
		}
	}
	u["accountEnabled"], u["onPremisesSyncEnabled"] = !a.Disabled, a.Elsewhere
	if !password.Empty() {
		s.Set(id, password.Reveal(), a.MustChange)
	}
	if a.MustChange {
		u["passwordProfile"].(object)["forceChangePasswordNextSignIn"] = true
	}
	if a.Protected {
		s.Join(entratest.Role, id)
	}
	if a.Admin {
		s.Join(s.Group(administrators), id)
	}
	for _, g := range a.Groups {
		s.Join(s.Group(g), id)
	}
	return app.AccountID(id), nil
}

// holds is the contract's Holds.
func (s *service) holds(id app.AccountID, password app.Secret) bool {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.Secrets[string(id)] == password.Reveal()
}

func TestContract(t *testing.T) {
	directorytest.Run(t, func(t *testing.T) directorytest.Subject {
		t.Helper()
		s := newService(t)
		return directorytest.Subject{
			Directory: s.directory(), Put: s.put, Holds: s.holds,
			Spellings: func(name string) []string {
				upper := strings.ToUpper(name)
				return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name, `harbour\` + upper}
			},
			Nest: func(_ context.Context, member, group string) error {
				s.Mu.Lock()
				defer s.Mu.Unlock()
				s.Join(s.Group(group), s.Group(member))
				return nil
			},
			Lacks: []directorytest.Lack{
				directorytest.NoMinimumAge, directorytest.NoFailures, directorytest.NoNeverTold, directorytest.NoExpiry,
				directorytest.NoVerify, directorytest.NoLock,
			},
		}
	})
}
