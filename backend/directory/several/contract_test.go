package several_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/directory/several"
	"github.com/sparekey/sparekey/backend/port"
)

// TestContract: of two directories, one of which nobody under test is in, the other one with a name.
func TestContract(t *testing.T) {
	directorytest.Run(t, func(t *testing.T) directorytest.Subject {
		t.Helper()
		open := func(domain string) *local.Directory {
			hasher := local.Argon2{Rand: rand.Reader, Memory: 8, Time: 1, Threads: 1}
			d, err := local.Open(t.Context(), filepath.Join(t.TempDir(), "people.db"), local.Config{
				Clock: clock{}, Hasher: hasher, Parallel: 2, Threshold: 3, LockFor: 10 * time.Minute, History: 3, MinLength: 8, Domain: domain,
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
		harbour := open("harbour.example")
		d, err := several.New(func(string) []byte { return []byte{1} }, several.Part{Domains: []string{"pier.example", "pier"}, Directory: open("pier.example")},
			several.Part{Name: "harbour", Domains: []string{"harbour.example", "harbour"}, Directory: harbour})
		if err != nil {
			t.Fatal(err)
		}
		put := func(ctx context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
			own := app.AccountID(strings.TrimPrefix(string(a.ID), "harbour:"))
			p := local.Person{
				ID: own, UserID: a.UserID, Name: a.Name, Names: a.Names, Mail: a.Mail, Groups: a.Groups, Admin: a.Admin,
				Disabled: a.Disabled, Elsewhere: a.Elsewhere, Protected: a.Protected, MustChange: a.MustChange, Password: password,
			}
			if a.Expired {
				p.Expires = now
			}
			return "harbour:" + own, harbour.Put(ctx, p)
		}
		return directorytest.Subject{
			Directory: d, Put: put, Now: clock{}.Now, Lacks: []directorytest.Lack{directorytest.NoNesting, directorytest.NoMinimumAge},
			Spellings: func(name string) []string {
				upper := strings.ToUpper(name)
				return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name, `harbour\` + upper}
			},
		}
	})
}

var now = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

type clock struct{}

func (clock) Now() time.Time { return now }
