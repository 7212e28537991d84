package local_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
)

// settable is a directory in a file that other settings can be given.
type settable struct {
	*local.Directory
	path   string
	config local.Config
}

func (s *settable) open(ctx context.Context) (err error) {
	s.Directory, err = local.Open(ctx, s.path, s.config)
	return err
}

func (s *settable) put(ctx context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
	p := local.Person{
		ID: a.ID, UserID: a.UserID, Name: a.Name, Names: a.Names, Mail: a.Mail, Groups: a.Groups, Admin: a.Admin,
		Disabled: a.Disabled, Elsewhere: a.Elsewhere, Protected: a.Protected, MustChange: a.MustChange, Password: password,
	}
	if a.Expired {
		p.Expires = s.config.Clock.Now()
	}
	return a.ID, s.Put(ctx, p)
}

func TestContract(t *testing.T) {
	directorytest.Run(t, func(t *testing.T) directorytest.Subject {
		t.Helper()
		c := &clock{}
		c.micros.Store(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC).UnixMicro())
		d := &settable{path: filepath.Join(t.TempDir(), "people.db"), config: local.Config{
			Clock: c, Hasher: quick(), Parallel: 2, Threshold: 3, LockFor: 10 * time.Minute, History: 3, MinLength: 8, Domain: "harbour.example",
		}}
		if err := d.open(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		age := func(ctx context.Context) error {
			if err := d.Close(); err != nil {
				return err
			}
			d.config.MinAge = 24 * time.Hour
			return d.open(ctx)
		}
		spellings := func(name string) []string {
			upper := strings.ToUpper(name)
			return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name, `harbour\` + upper}
		}
		return directorytest.Subject{
			Directory: d, Put: d.put, Spellings: spellings, MinimumAge: age, Now: c.Now,
			Lacks: []directorytest.Lack{directorytest.NoNesting},
		}
	})
}
