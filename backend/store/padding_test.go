package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

// counting is a Sealer that counts what it opens.
type counting struct {
	port.Sealer
	opened int
}

func (c *counting) Open(sealed []byte, place string) ([]byte, error) {
	c.opened++
	return c.Sealer.Open(sealed, place)
}

// TestAsMuchIsReadForEverybody: how many credentials an account has must not show in the time that it takes to read them.
func TestAsMuchIsReadForEverybody(t *testing.T) {
	sealer := &counting{Sealer: keys(t, t.TempDir())}
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), sealer)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	account := func(n int) app.AccountID { return app.AccountID(fmt.Sprint("A", n)) }
	err = s.Update(t.Context(), func(tx port.Tx) error {
		for n := range port.MostPadding + 1 {
			for i := range n {
				id := app.CredentialID(fmt.Sprint(n, "-", i))
				r := port.CredentialRecord{ID: id, Account: account(n), Kind: app.KindEmail, Secret: []byte("x"), Masked: "y", Address: "z"}
				if i%2 == 1 { // an app, or a key, has neither
					r.Masked, r.Address = "", ""
				}
				if err := tx.PutCredential(r); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for n := range port.MostPadding + 1 {
		before := sealer.opened
		err := s.View(t.Context(), func(tx port.Tx) error {
			creds, err := tx.CredentialsAmong(account(n), port.MostPadding)
			if len(creds) != n {
				t.Errorf("of %d credentials %d were read", n, len(creds))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			want = sealer.opened - before
		}
		if got := sealer.opened - before; got != want || got == 0 {
			t.Errorf("for %d credentials %d values are unsealed, for none %d", n, got, want)
		}
	}
}
