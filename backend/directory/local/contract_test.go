package local_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
)

func TestContract(t *testing.T) {
	directorytest.Run(t, func(t *testing.T) directorytest.Subject {
		t.Helper()
		d, err := local.Open(t.Context(), local.InMemory, local.Config{
			Clock: &clock{}, Hasher: quick(), Parallel: 2, Threshold: 3, LockFor: 10 * time.Minute, History: 3, MinLength: 8, Domain: "harbour.example",
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		put := func(ctx context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
			return a.ID, d.Put(ctx, local.Person{
				ID: a.ID, UserID: a.UserID, Name: a.Name, Names: a.Names, Mail: a.Mail, Groups: a.Groups, Admin: a.Admin,
				Disabled: a.Disabled, Elsewhere: a.Elsewhere, LockedUntil: a.LockedUntil, Password: password,
			})
		}
		spellings := func(name string) []string {
			upper := strings.ToUpper(name)
			return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name, `harbour\` + upper}
		}
		return directorytest.Subject{Directory: d, Put: put, Spellings: spellings}
	})
}
