package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"

	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

type policyCommands struct {
	Check   policyCheck   `cmd:"" help:"Name everything that is wrong in a policy document, by line."`
	Init    policyInit    `cmd:"" help:"Print a policy document to start from."`
	Apply   policyApply   `cmd:"" help:"Put a policy document in force, as a new version; also while the window is open."`
	Show    policyShow    `cmd:"" help:"Print the policy in force, or a version of it."`
	History policyHistory `cmd:"" help:"List the versions of the policy."`
}

type policyCheck struct {
	File string `arg:"" help:"The policy document (TOML)." type:"path"`
}

func (c *policyCheck) run(_ context.Context, s streams) error {
	p, _, err := checkedPolicy(c.File)
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprintf(s.out, "%s is good: %s, %d to register, %d to reset.\n", c.File, p.Organisation.Name, p.Methods.Register, p.Methods.Gates)
	return err
}

type policyInit struct{}

func (policyInit) run(_ context.Context, s streams) error {
	_, err := s.out.Write(policy.Sample())
	return err
}

type policyApply struct {
	File    string `arg:"" help:"The policy document (TOML)." type:"path"`
	Comment string `help:"What this version is for, in one line."`
	Yes     bool   `help:"Apply it even where people who can reset today could not any more."`
	Data    string `help:"The trial's data folder, in place of its own." type:"path"`
}

func (c *policyApply) run(ctx context.Context, s streams) (err error) {
	p, document, err := checkedPolicy(c.File)
	if err != nil {
		return usageError{err}
	}
	f, err := policyFolders(c.Data)
	if err != nil {
		return err
	}
	e := &embedded{tray: &trial.Tray{}}
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.open(ctx, trialConfig{folders: f}.withDefaults(e.tray)); err != nil {
		return err
	}
	after, err := newestPolicy(ctx, e)
	if err != nil {
		return err
	}
	if err := e.service.Reload(ctx); err != nil {
		return err
	}
	stranded, err := e.service.Stranded(ctx, p)
	if err != nil {
		return err
	}
	if stranded > 0 && !c.Yes {
		return fmt.Errorf("%s who can reset today could not any more. Nothing was applied; --yes applies it all the same", people(stranded))
	}
	number, err := e.service.Apply(ctx, backend.Application{Document: document, Source: c.File, By: whoAmI(), Comment: c.Comment, After: after})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s is version %d of the policy. Where Sparekey runs, it is in force within 2 seconds.\n", c.File, number)
	return err
}

// newestPolicy is the number of the newest version; 0 for none. What a file manages is refused before anything else.
func newestPolicy(ctx context.Context, e *embedded) (int, error) {
	var v port.PolicyVersion
	err := e.store.View(ctx, func(tx port.Tx) error {
		file, err := tx.PolicyFile()
		if err == nil && file != "" {
			err = &backend.ManagedError{File: file}
		}
		if err != nil {
			return err
		}
		v, err = tx.NewestPolicy()
		return err
	})
	if errors.Is(err, port.ErrNotFound) {
		err = nil
	}
	return v.Number, err
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// whoAmI is who runs this program, as the operating system calls them.
func whoAmI() string {
	me, err := user.Current()
	if err != nil || me.Username == "" {
		return "unknown"
	}
	return me.Username
}

// policyFolders are those of the trial whose policy, or people, are meant; there must be one.
func policyFolders(data string) (folders, error) {
	f := foldersAt(data)
	if data == "" {
		var err error
		if f, err = profileFolders(); err != nil {
			return folders{}, usageError{fmt.Errorf("there is no trial of this person (--data names a folder): %w", err)}
		}
	}
	if _, err := os.Stat(f.database()); err != nil {
		return folders{}, usageError{fmt.Errorf("there is no trial yet (sparekey try makes one): %w", err)}
	}
	return f, nil
}
