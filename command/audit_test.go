package command

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/command/setup"
)

// trailed makes a trial with entries in its audit trail, closed already, and names its data folder.
func trailed(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	c := setup.InProcess(e.Handler)
	for range 6 {
		flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: app.IdempotencyKey(rand.Text())})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Submit(t.Context(), flow.ID, 99, "0123456789abcdef", app.GiveUserID{UserID: "nobody@harbour.example"}) // refused, and entered
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}

// tamper runs a statement on the trial's database.
func tamper(t *testing.T, data, statement string, args ...any) {
	t.Helper()
	db, err := sqlite.Open(setup.FoldersAt(data).Database(), sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func TestAnUntouchedTrailVerifies(t *testing.T) {
	data := trailed(t)
	code, out, errs := said(t, "audit", "verify", "--data", data)
	if code != 0 || !strings.Contains(out, "holds") || strings.Contains(out, " 0 entries") {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	copied := file(t, "heads.jsonl", contents(t, setup.FoldersAt(data).Heads()))
	if code, out, errs := said(t, "audit", "verify", "--data", data, "--heads", copied); code != 0 {
		t.Errorf("with a copy of the heads: exit code %d: %s%s", code, out, errs)
	}
}

func TestThereMustBeATrail(t *testing.T) {
	answers(t, map[string]answer{"no trial": {[]string{"audit", "verify", "--data", t.TempDir()}, 1, "", "there is no audit trail: stat "}})
}

// allVouchedFor reports whether a head stands behind the newest entry.
func allVouchedFor(out string) bool {
	var entries, vouched int
	_, err := fmt.Sscanf(out, "The audit trail holds: %d entries; signed heads vouch for the first %d.", &entries, &vouched)
	return err == nil && entries > 0 && entries == vouched
}

func TestATrailOfAnOlderVersionIsNamedAsThat(t *testing.T) {
	old := filepath.Join(t.TempDir(), "data")
	f := setup.FoldersAt(old)
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	seed, err := vault.CreateMaster(f.AuditKey(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.Heads(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	heads, err := audit.OpenHeads(f.Heads(), seed)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(heads.Sign(port.AuditEntry{}), heads.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(f.Database(), sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	migrations, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("../backend/store/migrations"))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []int64{4, 6} { // without the policy's table; without the trail's column of who did it
		if _, err := migrations.UpTo(t.Context(), version); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"audit", "verify"}, {"policy", "history"}} {
			code, out, errs := said(t, append(args, "--data", old)...)
			if code != 1 || out != "" || !strings.Contains(errs, "an older version of Sparekey made this trial: open its window once") {
				t.Errorf("version %d, %v: exit code %d: %s%s", version, args, code, out, errs)
			}
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestEachForgeryIsNamedByEntry(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(t *testing.T, data string)
		want   string
	}{
		"edited": {func(t *testing.T, data string) {
			tamper(t, data, `UPDATE audit SET result = 'abandoned' WHERE seq = 3`)
		}, "entry 3: edited"},
		"removed": {func(t *testing.T, data string) {
			tamper(t, data, `DELETE FROM audit WHERE seq = 3`)
		}, "entry 3: missing"},
		"first removed": {func(t *testing.T, data string) {
			tamper(t, data, `DELETE FROM audit WHERE seq = 1`)
		}, "entry 1: missing"},
		"put before the first": {func(t *testing.T, data string) {
			tamper(t, data, `UPDATE audit SET seq = -5 WHERE seq = 2`)
		}, "entry 1: missing"},
		"reordered": {func(t *testing.T, data string) {
			tamper(t, data, `UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)`)
			tamper(t, data, `UPDATE audit SET seq = -seq WHERE seq < 0`)
		}, "entry 2: edited"},
		"tail cut": {func(t *testing.T, data string) {
			tamper(t, data, `DELETE FROM audit WHERE seq > 4`)
		}, "entries 5 to "},
		"everything removed": {func(t *testing.T, data string) {
			tamper(t, data, `DELETE FROM audit`)
		}, "entries 1 to "},
		"computed anew": {computeAnew, "rewritten"},
		"computed anew, and gone on with": {func(t *testing.T, data string) {
			computeAnew(t, data)
			reopen(t, data)
		}, "rewritten"},
		"cut, and gone on with": {func(t *testing.T, data string) {
			tamper(t, data, `DELETE FROM audit WHERE seq > 4`)
			reopen(t, data)
		}, "entries 5 to "},
		"a trigger that silences it": {func(t *testing.T, data string) {
			tamper(t, data, `CREATE TRIGGER hush AFTER INSERT ON audit BEGIN DELETE FROM audit WHERE seq = NEW.seq; END`)
		}, `trigger "hush" is not ours`},
		"a view in its place": {func(t *testing.T, data string) {
			tamper(t, data, `ALTER TABLE audit RENAME TO kept; CREATE VIEW audit AS SELECT * FROM kept`)
		}, "somebody changed how the store is made"},
		"heads removed": {func(t *testing.T, data string) {
			if err := os.Truncate(setup.FoldersAt(data).Heads(), 0); err != nil {
				t.Fatal(err)
			}
		}, "no head"},
		"heads edited": {func(t *testing.T, data string) {
			path := setup.FoldersAt(data).Heads()
			if err := os.WriteFile(path, []byte(strings.Replace(contents(t, path), `"seq":`, `"seq":1`, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, ":1: not a head that this key signed"},
		"key exposed": {func(t *testing.T, data string) {
			if err := os.Chmod(setup.FoldersAt(data).AuditKey(), 0o644); err != nil {
				t.Fatal(err)
			}
		}, "exposed"},
	} {
		data := trailed(t)
		c.tamper(t, data)
		code, out, errs := said(t, "audit", "verify", "--data", data)
		if code != 1 || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit code %d, printed %q, errors %q; want 1 and %q", name, code, out, errs, c.want)
		}
	}
}

// reopen lets the trial run on.
func reopen(t *testing.T, data string) {
	t.Helper()
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

// computeAnew changes every entry and links all of them again, as somebody who can write to the database can.
func computeAnew(t *testing.T, data string) {
	t.Helper()
	var head port.AuditEntry
	var forged []port.AuditEntry
	err := store.ReadAudit(t.Context(), setup.FoldersAt(data).Database(), func(page []port.AuditEntry) error {
		for _, e := range page {
			e.Account = "somebody else"
			head = audit.Chain{}.Link(head, e)
			forged = append(forged, head)
		}
		return nil
	})
	if err != nil || len(forged) < 5 || audit.Verify(port.AuditEntry{}, forged) != nil {
		t.Fatalf("the forgery is no good: %d entries, %v", len(forged), err)
	}
	for _, e := range forged {
		tamper(t, data, `UPDATE audit SET account = ?, prev = ?, hash = ? WHERE seq = ?`, e.Account, e.Prev, e.Hash, e.Seq)
	}
}
