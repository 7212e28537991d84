package store

import (
	"context"
	"database/sql"
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
