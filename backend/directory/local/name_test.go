package local_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// find gives the ID that a user ID leads to; empty for nobody.
func (f fixture) find(userID string) app.AccountID {
	f.t.Helper()
	a, err := f.Find(f.t.Context(), userID)
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		f.t.Fatal(err)
	}
	return a.ID
}

// TestNamesOfPeople: by user ID, by name, behind the domain's and by mail, however the letters are made.
func TestNamesOfPeople(t *testing.T) {
	f := open(t, func(c *local.Config) { c.Domain = "harbour.example" })
	for _, p := range []local.Person{
		{ID: "O1", UserID: "obrien@harbour.example", Mail: "Kate.O’Brien@mail.harbour.example"},
		{ID: "I1", UserID: "İpek.Çelik@harbour.example"},
		{ID: "T1", UserID: "tom@harbour.example", Mail: "team@harbour.example"},
		{ID: "T2", UserID: "tim@harbour.example", Mail: "Team@harbour.example"},
		{ID: "P1", UserID: "ana@pier.example", Mail: "tom@harbour.example"},
		{ID: "S1", UserID: "short"},
	} {
		f.put(p)
	}
	for userID, want := range map[string]app.AccountID{
		"kate.o'brien@mail.harbour.example": "O1", "OBRIEN": "O1", `HARBOUR\obrien`: "O1",
		"ipek.çelik@harbour.example": "I1", "IPEK.C\u0327ELIK": "I1", `harbour\İPEK.ÇELİK`: "I1",
		"team@harbour.example": "", // two people's
		"tom@harbour.example":  "T1", "tom": "T1", `HARBOUR\tom`: "T1",
		"ana": "A1", "ana@pier.example": "P1", `PIER\ana`: "", `HARBOUR\HARBOUR\ana`: "",
		"short": "S1", "short@harbour.example": "", "": "", "@harbour.example": "", `HARBOUR\`: "",
	} {
		if got := f.find(userID); got != want {
			t.Errorf("%q finds %q, want %q", userID, got, want)
		}
	}
	if err := f.Put(t.Context(), local.Person{ID: "O2", UserID: "OBRIEN@harbour.example"}); err == nil {
		t.Error("two people have one user ID")
	}
}

// TestPeopleOfAnOlderFileAreFoundByEveryName: a directory of the version before gets what people are found by.
func TestPeopleOfAnOlderFileAreFoundByEveryName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.db")
	config := local.Config{Clock: &clock{}, Hasher: quick(), Parallel: 1, Domain: "harbour.example"}
	d, err := local.Open(t.Context(), path, config)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []local.Person{{ID: "I1", UserID: "İpek@harbour.example", Mail: "i@letters.example"}, {ID: "I2", UserID: "ben@harbour.example"}} {
		if err := d.Put(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	asBefore(t, path, `DROP INDEX person_mail`, `ALTER TABLE person DROP COLUMN mail_key`, `DELETE FROM goose_db_version WHERE version_id >= 4`,
		`ALTER TABLE person DROP COLUMN expires`, `ALTER TABLE person DROP COLUMN protected`,
		`ALTER TABLE person DROP COLUMN must_change`, `ALTER TABLE person DROP COLUMN changed_at`,
		`UPDATE person SET user_key = 'i̇pek@harbour.example' WHERE id = 'I1'`)
	if d, err = local.Open(t.Context(), path, config); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for _, userID := range []string{"ipek", "İPEK@harbour.example", "I@letters.example"} {
		if a, err := d.Find(t.Context(), userID); err != nil || a.ID != "I1" {
			t.Errorf("%q finds %q, %v", userID, a.ID, err)
		}
	}
}

// asBefore takes a file back to what the version before made.
func asBefore(t *testing.T, path string, queries ...string) {
	t.Helper()
	db, err := sqlite.Open(path, sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range queries {
		if _, err := db.Exec(query); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
