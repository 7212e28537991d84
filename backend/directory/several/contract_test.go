package several_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/directory/several"
	"github.com/sparekey/sparekey/backend/port"
)

type still time.Time

func (s still) Now() time.Time { return time.Time(s) }

// TestContract: a directory that has a name among several passes what it would pass alone.
func TestContract(t *testing.T) {
	now := still(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
	directorytest.Run(t, func(t *testing.T) directorytest.Subject {
		t.Helper()
		opened := func(domain string) *local.Directory {
			d, err := local.Open(t.Context(), local.InMemory, local.Config{
				Clock: now, Hasher: local.Argon2{Rand: rand.Reader, Memory: 8, Time: 1, Threads: 1}, Parallel: 2, Threshold: 3, LockFor: 10 * time.Minute, History: 3, MinLength: 8, Domain: domain,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := d.Close(); err != nil {
					t.Error(err)
				}
			})
			return d
		}
		harbour := opened("harbour.example")
		all, err := several.New(
			several.Part{Name: "harbour", Domains: []string{"harbour.example", "HARBOUR"}, Directory: harbour},
			several.Part{Name: "pier", Domains: []string{"pier.example", "PIER"}, Directory: opened("pier.example")},
		)
		if err != nil {
			t.Fatal(err)
		}
		put := func(ctx context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
			id := strings.TrimPrefix(string(a.ID), "harbour:")
			p := local.Person{
				ID: app.AccountID(id), UserID: a.UserID, Name: a.Name, Names: a.Names, Mail: a.Mail, Groups: a.Groups, Admin: a.Admin,
				Disabled: a.Disabled, Elsewhere: a.Elsewhere, Protected: a.Protected, MustChange: a.MustChange, Password: password,
			}
			if a.Expired {
				p.Expires = now.Now()
			}
			return app.AccountID("harbour:" + id), harbour.Put(ctx, p)
		}
		return directorytest.Subject{
			Directory: all, Put: put, Now: now.Now,
			Spellings: func(name string) []string {
				upper := strings.ToUpper(name)
				return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name, `harbour\` + upper}
			},
			Lacks: []directorytest.Lack{directorytest.NoNesting, directorytest.NoMinimumAge},
		}
	})
}
