package store

import (
	"context"
	"database/sql"
	"io/fs"
	"testing/fstest"
)

// BeginMigration goes as far as a migration that was killed before its first step.
func BeginMigration(ctx context.Context, db *sql.DB) error {
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	_, _, err = provider.GetVersions(ctx)
	return err
}

// SetMigrations adds migrations to the program's, each a file's name and its SQL, until the test ends or takes them away.
func SetMigrations(t interface{ Cleanup(func()) }, more map[string]string) (take func()) {
	all := fstest.MapFS{}
	names, _ := fs.Glob(embedded, "migrations/*.sql")
	for _, name := range names {
		text, _ := fs.ReadFile(embedded, name)
		all[name] = &fstest.MapFile{Data: text}
	}
	for name, text := range more {
		all["migrations/"+name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	take = func() { migrations = embedded; madeSchemas.Clear() }
	migrations = all
	madeSchemas.Clear()
	t.Cleanup(take)
	return take
}

// SealedColumns are those that Reseal knows, as "table.column".
func SealedColumns() (all []string) {
	for _, c := range sealedColumns {
		all = append(all, c.table+"."+c.name)
	}
	return all
}
