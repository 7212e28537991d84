package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"fyne.io/fyne/v2/lang"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/contacts"
	"github.com/sparekey/sparekey/backend/trial"
)

type usersCommands struct {
	Import usersImport `cmd:"" help:"Enter phone numbers and private addresses of people from a CSV file. They count for nothing until their owners type a code that went there."`
}

type usersImport struct {
	File    string `arg:"" help:"The CSV file, with the columns user_id, mobile, alternate_mobile, office_phone, extension, email." type:"path"`
	Data    string `help:"The trial's data folder, in place of its own." type:"path"`
	DryRun  bool   `help:"Check everything, and write nothing."`
	SkipBad bool   `help:"Import the good rows, and list the others."`
	Region  string `help:"Country (such as GB) as of which numbers without a leading + are read, in place of the system's."`
}

var regionFlag = regexp.MustCompile(`^[A-Za-z]{2}$`)

func (c *usersImport) run(ctx context.Context, s streams) error {
	switch {
	case c.Region == "":
		c.Region = region(lang.SystemLocale().String())
	case !regionFlag.MatchString(c.Region):
		return usageError{fmt.Errorf("--region: must be two letters, such as GB, is %q", c.Region)}
	}
	f, err := policyFolders(c.Data)
	if err != nil {
		return err
	}
	rows, found, err := readContacts(c.File)
	if err != nil {
		return usageError{fmt.Errorf("%s: %w", c.File, err)}
	}
	done, found, err := c.enter(ctx, trialConfig{folders: f}, rows, found)
	if err != nil {
		return err
	}
	return c.tell(s, done, found)
}

func readContacts(path string) ([]contacts.Row, []contacts.Problem, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	return contacts.Read(file)
}

// enter imports the good rows, or none where one is bad and the bad ones are not to be skipped.
func (c *usersImport) enter(ctx context.Context, config trialConfig, rows []contacts.Row, found []contacts.Problem) (_ backend.Imported, _ []contacts.Problem, err error) {
	e := &embedded{tray: &trial.Tray{}}
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.open(ctx, config.withDefaults(e.tray)); err != nil {
		return backend.Imported{}, nil, err
	}
	if err := e.service.Reload(ctx); err != nil {
		return backend.Imported{}, nil, err
	}
	ctx = app.WithCaller(ctx, app.Caller{Role: app.RoleAdmin, Origin: app.Origin{Station: station(), Network: "local"}})
	in := backend.Import{Rows: rows, Region: c.Region, DryRun: c.DryRun || len(found) > 0 && !c.SkipBad}
	done, more, err := e.service.ImportContacts(ctx, in)
	if err != nil || len(more) == 0 {
		return done, found, err
	}
	found = append(found, more...)
	contacts.Sort(found)
	if !c.SkipBad || c.DryRun {
		return done, found, nil
	}
	in.Rows = contacts.Without(rows, more)
	done, more, err = e.service.ImportContacts(ctx, in)
	if err == nil && len(more) > 0 {
		err = errors.New("the directory changed meanwhile: nothing was imported")
	}
	return done, found, err
}

// tell lists what is wrong, and says in one line what came of the import.
func (c *usersImport) tell(s streams, done backend.Imported, found []contacts.Problem) error {
	for _, p := range found {
		fmt.Fprintf(s.err, "%s: %s\n", c.File, p)
	}
	if len(found) > 0 && !c.SkipBad {
		return usageError{fmt.Errorf("nothing was imported: problems: %d (--skip-bad imports the other rows)", len(found))}
	}
	verb := "Imported"
	if c.DryRun {
		verb = "Nothing was written. It would import"
	}
	parts := []string{fmt.Sprintf("%d new", done.Added), fmt.Sprintf("%d changed", done.Updated), fmt.Sprintf("%d as before", done.Same)}
	_, err := fmt.Fprintf(s.out, "%s contacts of %d people: %s.\n", verb, done.People, strings.Join(parts, ", "))
	if err == nil && done.Kept > 0 {
		_, err = fmt.Fprintf(s.out, "Left as they are, since their owners registered or confirmed them: %d.\n", done.Kept)
	}
	return err
}
