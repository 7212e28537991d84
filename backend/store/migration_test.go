package store

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// TestWhatWasCountedCountsOn: counters and registrations of the version before the tables that have no row IDs are found under
// the names that they have now.
func TestWhatWasCountedCountsOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparekey.db")
	if err := sqlite.Create(path); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(path, sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := newProvider(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 13); err != nil {
		t.Fatal(err)
	}
	subject := strings.Repeat("0f3a", 8)
	names := map[string]string{
		"recovery:" + subject:                       subject + ":recovery",
		"starts:" + subject + "/0":                  subject + ":starts/0",
		"starts:" + subject + "/12":                 subject + ":starts/12",
		"proof.wrong_tries:" + subject:              subject + ":proof.wrong_tries",
		"strangers.phone.country:" + subject + "/3": subject + ":strangers.phone.country/3",
		"told_why.too_few_methods:" + subject:       subject + ":told_why.too_few_methods",
		"decoy_updates.security_key:" + subject:     subject + ":decoy_updates.security_key",
		"trial:seeded":                              "trial:seeded",
		"no subject":                                "no subject",
		":" + subject:                               ":" + subject,
		"":                                          "",
	}
	for name := range names {
		if _, err := db.Exec(`INSERT INTO counter (name, tally, since, until, tat, expiry) VALUES (?, 7, 1, 2, 3, 4)`, name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(`INSERT INTO registration (account, settled, alone_until) VALUES ('A1', 5, 6)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, plain{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.View(t.Context(), func(tx port.Tx) error {
		for was, is := range names {
			c, err := tx.Counter(is)
			if err != nil {
				return err
			}
			if c.Count != 7 || c.Since.UnixMicro() != 1 || c.Until.UnixMicro() != 2 || c.TAT.UnixMicro() != 3 || c.Expiry.UnixMicro() != 4 {
				t.Errorf("%q is not %q: %+v", was, is, c)
			}
		}
		r, err := tx.Registration("A1")
		if err == nil && (r.Settled.UnixMicro() != 5 || r.AloneUntil.UnixMicro() != 6) {
			t.Errorf("a registration: %+v", r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
