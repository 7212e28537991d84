package local

import (
	"crypto/rand"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sparekey/sparekey/app"
)

type stopped struct{}

func (stopped) Now() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

// TestAMigrationThatFailsLeavesTheDirectoryAsItWas: those before it worked, and the version before finds its people.
func TestAMigrationThatFailsLeavesTheDirectoryAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "directory.db")
	config := Config{Clock: stopped{}, Hasher: Argon2{Rand: rand.Reader, Memory: 64, Time: 1, Threads: 1}, Parallel: 1}
	directory, err := Open(t.Context(), path, config)
	if err != nil {
		t.Fatal(err)
	}
	if err := directory.Put(t.Context(), Person{ID: "1", UserID: "ana", Password: app.NewSecret("lantern-tide")}); err != nil {
		t.Fatal(err)
	}
	if err := directory.Close(); err != nil {
		t.Fatal(err)
	}
	newer := fstest.MapFS{
		"migrations/09998_good.sql": {Data: []byte("-- +goose Up\nDROP TABLE person;")},
		"migrations/09999_bad.sql":  {Data: []byte("-- +goose Up\nDROP TABLE nothing;")},
	}
	names, _ := fs.Glob(embedded, "migrations/*.sql")
	for _, name := range names {
		text, _ := fs.ReadFile(embedded, name)
		newer[name] = &fstest.MapFile{Data: text}
	}
	migrations = newer
	_, err = Open(t.Context(), path, config)
	migrations = embedded
	if err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Fatalf("with a migration that fails: %v", err)
	}
	if directory, err = Open(t.Context(), path, config); err != nil {
		t.Fatalf("the version before: %v", err)
	}
	if found, err := directory.Find(t.Context(), "ana"); err != nil || found.ID != "1" {
		t.Errorf("its people: %+v, %v", found, err)
	}
	if err := directory.Close(); err != nil {
		t.Fatal(err)
	}
	delete(newer, "migrations/09999_bad.sql")
	newer["migrations/09998_good.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nALTER TABLE person ADD COLUMN newer TEXT;")}
	migrations = newer
	defer func() { migrations = embedded }()
	if directory, err = Open(t.Context(), path, config); err != nil {
		t.Fatal(err)
	}
	if err := directory.Close(); err != nil {
		t.Fatal(err)
	}
	migrations = embedded
	if _, err := Open(t.Context(), path, config); err == nil || !strings.Contains(err.Error(), "a newer version wrote it") {
		t.Errorf("a directory of a newer version: %v", err)
	}
}
