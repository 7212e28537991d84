package command

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type usersCommands struct {
	Import usersImport `cmd:"" help:"Enter phone numbers and private addresses of people from a CSV file. They count for nothing until their owners type a code that went there."`
}

type usersImport struct {
	File         string   `arg:"" help:"The CSV file, with the columns user_id, mobile, alternate_mobile, office_phone, extension, email." type:"path"`
	Column       []string `help:"What a column is that has another name. May be given several times." sep:"none" placeholder:"\"Mobile Phone=mobile\""`
	From         string   `help:"The program whose export the file is: microsoft for Microsoft 365 and Entra. Its other columns are left out." enum:"microsoft," default:""`
	IgnoreOthers bool     `help:"Leave out columns that are not known."`
	DryRun       bool     `help:"Check everything, list the numbers that are read in another form than they stand there, and write nothing."`
	SkipBad      bool     `help:"Import the good rows, and list the others."`
	Region       string   `help:"Country (such as GB) as of which numbers without a leading + are read, in place of the system's."`
	targetFlags
}

var regionFlag = regexp.MustCompile(`^[A-Za-z]{2}$`)

func (c *usersImport) run(ctx context.Context, p Program) error {
	switch {
	case c.Region == "":
		c.Region = setup.Region()
	case !regionFlag.MatchString(c.Region):
		return usageError{errors.New(words.Text("command.users.region", words.Values{"region": strconv.Quote(c.Region)}))}
	}
	columns, err := columnFlags(c.Column)
	if err != nil {
		return usageError{err}
	}
	return c.administer(ctx, true, func(admin app.Administration) error {
		content, err := setup.ReadContacts(c.File)
		if err != nil {
			return usageError{fmt.Errorf("%s: %w", c.File, err)}
		}
		entered, err := admin.Contacts.ImportContacts(ctx, app.ContactsFile{
			Content: content, Region: c.Region, Columns: columns, From: c.From, IgnoreOthers: c.IgnoreOthers,
			DryRun: c.DryRun, SkipBad: c.SkipBad,
		})
		if err != nil {
			return err
		}
		return c.tell(p, entered)
	})
}

// tell lists what is wrong, and says in one line what came of the import.
func (c *usersImport) tell(p Program, entered app.ContactsEntered) error {
	if err := tellProblems(p, c.File, entered.Problems); err != nil {
		return err
	}
	for _, n := range entered.Read {
		fmt.Fprintf(p.Out, "%s: %s\n", c.File, words.Text("command.users.read", words.Values{"line": n.Line, "column": n.Column, "from": n.From, "as": n.As}))
	}
	if n := len(entered.Problems); n > 0 && !c.SkipBad {
		return usageError{errors.New(words.Text("command.users.nothing", words.Values{"n": n}))}
	}
	counts := words.Values{"people": entered.People, "added": entered.Added, "updated": entered.Updated, "same": entered.Same}
	said := words.Text("command.users.imported", counts)
	if !entered.Written {
		said = words.Text("command.users.would", counts)
	}
	_, err := fmt.Fprintln(p.Out, said)
	if err == nil && entered.Kept > 0 {
		_, err = fmt.Fprintln(p.Out, words.Text("command.users.kept", words.Values{"n": entered.Kept}))
	}
	return err
}

// columnFlags are the columns that were said to be named otherwise.
func columnFlags(given []string) (map[string]string, error) {
	columns := map[string]string{}
	for _, said := range given {
		at := strings.LastIndexByte(said, '=') // a name may have one in it
		if at < 1 {
			return nil, errors.New(words.Text("command.users.column", words.Values{"column": strconv.Quote(said)}))
		}
		columns[said[:at]] = said[at+1:]
	}
	return columns, nil
}

// tellProblems lists what is wrong in the rows of a file. The error is what is wrong with it as a whole.
func tellProblems(p Program, file string, problems []app.Problem) error {
	var whole []string
	named := true
	for _, problem := range problems {
		if problem.Line == 0 {
			whole = append(whole, file+": "+words.Problem(problem))
			named = named && !strings.HasPrefix(problem.Code, "column")
			continue
		}
		fmt.Fprintf(p.Err, "%s: %s\n", file, rowProblem(problem))
	}
	if !named {
		whole = append(whole, words.Text("command.users.columns"))
	}
	if len(whole) > 0 {
		return usageError{errors.New(strings.Join(whole, "\n"))}
	}
	return nil
}

// rowProblem is one line: "row 3, mobile: is too short for a phone number".
func rowProblem(p app.Problem) string {
	said := words.Values{"line": p.Line, "column": p.Key, "reason": words.Problem(p)}
	if p.Key == "" {
		return words.Text("command.users.row", said)
	}
	return words.Text("command.users.cell", said)
}
