package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

type auditCommands struct {
	Verify auditVerify `cmd:"" help:"Find the first entry of the audit trail that was edited, removed, moved, cut off or computed anew."`
}

type auditVerify struct {
	Data  string `help:"The trial's data folder, in place of its own." type:"path"`
	Heads string `help:"File of signed heads, such as a copy that was kept elsewhere, in place of the trial's own." type:"path"`
}

func (c *auditVerify) run(ctx context.Context, s streams) error {
	f := foldersAt(c.Data)
	if c.Data == "" {
		var err error
		if f, err = profileFolders(); err != nil {
			return usageError{fmt.Errorf("there is no trial of this person (--data names a folder): %w", err)}
		}
	}
	if c.Heads == "" {
		c.Heads = f.heads()
	}
	v, err := verifyTrail(ctx, f, c.Heads)
	if err != nil {
		return err
	}
	entries, vouched := v.Sums()
	_, err = fmt.Fprintf(s.out, "The audit trail holds: %d entries; signed heads vouch for the first %d.\n", entries, vouched)
	return err
}

// verifyTrail holds the trail against its heads, without writing anything.
func verifyTrail(ctx context.Context, f folders, headsPath string) (*audit.Verifier, error) {
	if _, err := os.Stat(f.database()); err != nil {
		return nil, fmt.Errorf("there is no audit trail: %w", err)
	}
	seed, err := vault.ReadMaster(f.auditKey(), f.data)
	if err != nil {
		return nil, fmt.Errorf("the key that signs the audit trail's heads: %w", err)
	}
	heads, err := audit.ReadHeads(headsPath, seed)
	if err != nil {
		return nil, err
	}
	if len(heads) == 0 {
		return nil, fmt.Errorf("%s holds no head: nothing vouches for the audit trail", headsPath)
	}
	v := audit.NewVerifier(heads)
	err = store.ReadAudit(ctx, f.database(), v.Next)
	if errors.Is(err, store.ErrOlder) {
		return nil, errors.New("an older version of Sparekey made this trial: open its window once, which takes over what is there, then verify again")
	}
	if err != nil {
		return nil, err
	}
	return v, v.End()
}

// auditKey is the file of the key that signs the audit trail's heads.
func (f folders) auditKey() string { return f.key + "-audit" }

// heads is the file of the signed heads.
func (f folders) heads() string { return f.key + "-audit-heads.jsonl" }

// openHeads opens the signed heads of the audit trail. Key and heads are made together, once: one without the other is
// refused, since somebody who rewrote the trail would take away what shows it.
func openHeads(f folders) (*audit.Heads, error) {
	seed, err := vault.ReadMaster(f.auditKey(), f.data)
	if errors.Is(err, fs.ErrNotExist) {
		if info, err := os.Stat(f.heads()); err == nil && info.Size() > 0 {
			return nil, fmt.Errorf("the audit trail has heads, and the key that signed them is gone: %s", f.auditKey())
		}
		if err := createEmpty(f.heads()); err != nil {
			return nil, err
		}
		seed, err = vault.CreateMaster(f.auditKey(), rand.Reader)
	}
	if err != nil {
		return nil, err
	}
	return audit.OpenHeads(f.heads(), seed)
}

func createEmpty(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE, 0o600) // what another process has just written stays
	if err != nil {
		return err
	}
	return file.Close()
}
