package setup

import (
	"path/filepath"
	"strconv"

	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

// What a victim left behind, read when it has ended.

// account is what the directory says of a user ID.
func (v *victim) account(userID string) port.DirectoryAccount {
	v.t.Helper()
	directory, err := local.Open(v.t.Context(), filepath.Join(v.dir, "data", "directory.db"), local.Config{Clock: v, Hasher: quickHasher(), Parallel: 1})
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = directory.Close() }()
	account, err := directory.Find(v.t.Context(), userID)
	if err != nil {
		v.t.Fatal(err)
	}
	return account
}

// stamp is how often the directory's password of a user ID was set.
func (v *victim) stamp(userID string) int {
	v.t.Helper()
	n, err := strconv.Atoi(v.account(userID).Stamp)
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

// told verifies the audit trail's chain and its signed heads, and counts what succeeded, by action.
func (v *victim) told() map[string]int {
	v.t.Helper()
	if _, err := verifyTrail(v.t.Context(), v.folders().keyFiles()); err != nil {
		v.t.Errorf("the audit trail: %v", err)
	}
	told := map[string]int{}
	if err := store.ReadAudit(v.t.Context(), v.folders().Database(), func(page []port.AuditEntry) error {
		for _, e := range page {
			if e.Result == "succeeded" {
				told[e.Action]++
			}
		}
		return nil
	}); err != nil {
		v.t.Fatal(err)
	}
	return told
}
