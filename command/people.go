package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type peopleCommands struct {
	Add     peopleAdd     `cmd:"" help:"Enter somebody, without a password: a pass, or contacts entered beforehand, let them choose the first one."`
	Import  peopleImport  `cmd:"" help:"Enter people from a CSV file, or bring them up to date by it."`
	List    peopleList    `cmd:"" help:"List the people of the directory."`
	Disable peopleDisable `cmd:"" help:"Keep somebody from signing in and from being helped."`
	Enable  peopleEnable  `cmd:"" help:"End that."`
	Remove  peopleRemove  `cmd:"" help:"Remove somebody for good, with what they registered."`

	Show     peopleShow     `cmd:"" help:"Say how somebody of any directory stands: what is registered, and whether self-service is frozen."`
	Unfreeze peopleUnfreeze `cmd:"" help:"Lift the freeze of somebody's self-service, who said that something wasn't them."`
}

// serverOf says whose directory: that of the server on this computer, which may be at work.
type serverOf struct {
	Config string `help:"Settings of the server on this computer. Run it as root, who may read its keys, or as its account." type:"path" default:"/etc/sparekey/server.toml"`
}

func (c serverOf) administer(ctx context.Context, do func(app.People) error) error {
	return administer(ctx, setup.Target{Server: c.Config, Write: true}, func(admin app.Administration) error {
		return setup.InWords(do(admin.People))
	})
}

type peopleAdd struct {
	UserID        string   `arg:"" name:"userid" help:"By which they sign in."`
	Name          string   `help:"Their name, as others read it; without it, given and family name."`
	GivenName     string   `help:"Their given name. A password may not contain it, nor the family name."`
	FamilyName    string   `help:"Their family name."`
	Mail          string   `help:"Their work mailbox."`
	Group         []string `help:"A group of theirs. May be given several times." sep:"none"`
	Administrator bool     `help:"They may administer Sparekey."`
	serverOf
}

func (c *peopleAdd) run(ctx context.Context, p Program) error {
	return c.administer(ctx, func(people app.People) error {
		made, err := people.AddPerson(ctx, app.EnterPerson{
			UserID: c.UserID, Name: c.Name, Given: c.GivenName, Family: c.FamilyName, Mail: c.Mail, Groups: c.Group, Admin: c.Administrator,
			By: setup.Operator(),
		})
		if err != nil {
			return err
		}
		said := words.Values{"name": made.Name, "user_id": made.UserID, "program": p.Name, "file": c.Config}
		if c.Administrator {
			_, err = fmt.Fprintln(p.Out, words.Text("command.people.added_administrator", said))
		} else {
			_, err = fmt.Fprintln(p.Out, words.Text("command.people.added", said))
		}
		return err
	})
}

type peopleImport struct {
	File         string   `arg:"" help:"The CSV file, with the columns user_id, name, given_name, family_name, mail, groups (between semicolons), administrator (yes or no)." type:"path"`
	Column       []string `help:"What a column is that has another name. May be given several times." sep:"none" placeholder:"\"Login=user_id\""`
	From         string   `help:"The program whose export the file is: microsoft for Microsoft 365 and Entra. Its other columns are left out." enum:"microsoft," default:""`
	IgnoreOthers bool     `help:"Leave out columns that are not known."`
	DryRun       bool     `help:"Check everything, and write nothing."`
	SkipBad      bool     `help:"Import the good rows, and list the others."`
	serverOf
}

func (c *peopleImport) run(ctx context.Context, p Program) error {
	columns, err := columnFlags(c.Column)
	if err != nil {
		return usageError{err}
	}
	content, err := setup.ReadContacts(c.File)
	if err != nil {
		return usageError{fmt.Errorf("%s: %w", c.File, err)}
	}
	return c.administer(ctx, func(people app.People) error {
		entered, err := people.ImportPeople(ctx, app.PeopleFile{
			Content: content, Columns: columns, From: c.From, IgnoreOthers: c.IgnoreOthers, DryRun: c.DryRun, SkipBad: c.SkipBad,
			By: setup.Operator(),
		})
		if err != nil {
			return err
		}
		return c.tell(p, entered)
	})
}

// tell lists what is wrong, and says in one line what came of the import.
func (c *peopleImport) tell(p Program, entered app.PeopleEntered) error {
	if err := tellProblems(p, c.File, entered.Problems); err != nil {
		return err
	}
	if n := len(entered.Problems); n > 0 && !c.SkipBad {
		return usageError{errors.New(words.Text("command.users.nothing", words.Values{"n": n}))}
	}
	counts := words.Values{"added": entered.Added, "updated": entered.Updated, "same": entered.Same}
	said := words.Text("command.people.imported", counts)
	if !entered.Written {
		said = words.Text("command.people.would", counts)
	}
	_, err := fmt.Fprintln(p.Out, said)
	if err == nil && entered.NewAdmins > 0 {
		_, err = fmt.Fprintln(p.Out, words.Text("command.people.new_administrators", words.Values{"n": entered.NewAdmins}))
	}
	if err == nil && entered.FormerAdmins > 0 {
		_, err = fmt.Fprintln(p.Out, words.Text("command.people.former_administrators", words.Values{"n": entered.FormerAdmins}))
	}
	return err
}

type peopleList struct{ serverOf }

func (c *peopleList) run(ctx context.Context, p Program) error {
	return c.administer(ctx, func(people app.People) error {
		all, err := people.ListPeople(ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			_, err := fmt.Fprintln(p.Out, words.Text("command.people.none"))
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, words.Text("command.people.columns"))
		for _, one := range all {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\n", visible(one.UserID), visible(one.Name), visible(one.Mail),
				visible(strings.Join(one.Groups, "; ")), one.Registered, personState(one))
		}
		return table.Flush()
	})
}

// personState says how somebody stands.
func personState(p app.DirectoryPerson) string {
	var said []string
	if p.Disabled {
		said = append(said, words.Text("command.people.disabled_state"))
	}
	if p.Admin {
		said = append(said, words.Text("command.people.administrator_state"))
	}
	if !p.HasPassword {
		said = append(said, words.Text("command.people.never_state"))
	}
	return strings.Join(said, ", ")
}

// personArg names somebody.
type personArg struct {
	UserID string `arg:"" name:"userid" help:"Whose."`
	serverOf
}

type (
	peopleDisable struct{ personArg }
	peopleEnable  struct{ personArg }
	peopleRemove  struct{ personArg }
)

func (c *peopleDisable) run(ctx context.Context, p Program) error {
	return c.change(ctx, p, app.PersonDisable, "command.people.disabled")
}

func (c *peopleEnable) run(ctx context.Context, p Program) error {
	return c.change(ctx, p, app.PersonEnable, "command.people.enabled")
}

func (c *peopleRemove) run(ctx context.Context, p Program) error {
	return c.change(ctx, p, app.PersonRemove, "command.people.removed")
}

// change does one thing to the person who is named, and says so by a text.
func (c personArg) change(ctx context.Context, p Program, what app.PersonChange, said string) error {
	return c.administer(ctx, func(people app.People) error {
		changed, err := people.ChangePerson(ctx, app.ChangePerson{UserID: c.UserID, What: what, By: setup.Operator()})
		if err != nil {
			return err
		}
		if changed.DidNothing {
			said = "command.people.as_before"
		}
		_, err = fmt.Fprintln(p.Out, words.Text(said, words.Values{"name": changed.Person.Name, "user_id": changed.Person.UserID, "n": changed.Forgotten}))
		if err == nil && changed.NoAdmin {
			_, err = fmt.Fprintln(p.Out, words.Text("command.people.no_administrator", words.Values{"program": p.Name}))
		}
		return err
	})
}
