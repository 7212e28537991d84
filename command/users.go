package command

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/setup"
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

func (c *usersImport) run(ctx context.Context, p Program) error {
	switch {
	case c.Region == "":
		c.Region = setup.Region()
	case !regionFlag.MatchString(c.Region):
		return usageError{fmt.Errorf("--region: must be two letters, such as GB, is %q", c.Region)}
	}
	return administer(ctx, setup.Target{Data: c.Data, Write: true}, func(admin app.Administration) error {
		content, err := setup.ReadContacts(c.File)
		if err != nil {
			return usageError{fmt.Errorf("%s: %w", c.File, err)}
		}
		entered, err := admin.Contacts.ImportContacts(ctx, app.ContactsFile{
			Content: content, Region: c.Region, DryRun: c.DryRun, SkipBad: c.SkipBad,
		})
		if err != nil {
			return err
		}
		return c.tell(p, entered)
	})
}

// tell lists what is wrong, and says in one line what came of the import.
func (c *usersImport) tell(p Program, entered app.ContactsEntered) error {
	for _, problem := range entered.Problems {
		if problem.Line == 0 { // the file as a whole
			return usageError{fmt.Errorf("%s: %s", c.File, reason(problem))}
		}
		fmt.Fprintf(p.Err, "%s: %s\n", c.File, rowProblem(problem))
	}
	if n := len(entered.Problems); n > 0 && !c.SkipBad {
		return usageError{fmt.Errorf("nothing was imported: problems: %d (--skip-bad imports the other rows)", n)}
	}
	verb := "Imported"
	if !entered.Written {
		verb = "Nothing was written. It would import"
	}
	parts := []string{fmt.Sprintf("%d new", entered.Added), fmt.Sprintf("%d changed", entered.Updated), fmt.Sprintf("%d as before", entered.Same)}
	_, err := fmt.Fprintf(p.Out, "%s contacts of %d people: %s.\n", verb, entered.People, strings.Join(parts, ", "))
	if err == nil && entered.Kept > 0 {
		_, err = fmt.Fprintf(p.Out, "Left as they are, since their owners registered or confirmed them: %d.\n", entered.Kept)
	}
	return err
}

// rowProblem is one line: "row 3, mobile: is not a phone number".
func rowProblem(p app.Problem) string {
	if p.Key == "" {
		return fmt.Sprintf("row %d: %s", p.Line, reason(p))
	}
	return fmt.Sprintf("row %d, %s: %s", p.Line, p.Key, reason(p))
}
