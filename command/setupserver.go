package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/ask"
	"github.com/sparekey/sparekey/command/setup"
)

type setupCommands struct {
	Server        setupServer        `cmd:"" default:"withargs" help:"Set up a server, question by question; each answer is tried at once, and nothing is written before the end."`
	Administrator setupAdministrator `cmd:"" help:"Print a one-time code, once, by which an administrator begins while none of them has registered anything."`
}

type setupServer struct {
	Config string `help:"The settings to write." type:"path" default:"/etc/sparekey/server.toml"`
	Yes    bool   `help:"Ask nothing: take the flags, and what would be suggested."`

	BaseURL           string   `help:"How people's computers reach the server." placeholder:"URL"`
	TLS               string   `help:"Who ends TLS: files (a certificate in files), proxy, or acme (an authority issues it)." name:"tls" placeholder:"WHO"`
	Certificate       string   `help:"The certificate's chain, in PEM." placeholder:"FILE" type:"path"`
	Key               string   `help:"Its key, in PEM." placeholder:"FILE" type:"path"`
	BehindProxy       []string `help:"Address or network of a proxy. May be given several times." placeholder:"ADDRESS"`
	ACME              string   `help:"Address of the authority." name:"acme" placeholder:"URL"`
	AgreeTerms        string   `help:"Agree to the authority's terms: yes." placeholder:"YES"`
	ACMEContact       string   `help:"A mail address that the authority may write to." name:"acme-contact" placeholder:"MAIL"`
	Listen            string   `help:"Host and port to listen at." placeholder:"HOST:PORT"`
	Data              string   `help:"Folder for what the server keeps." placeholder:"FOLDER" type:"path"`
	Keys              string   `help:"Folder to make the keys in, outside of that." placeholder:"FOLDER" type:"path"`
	Directory         string   `help:"Where accounts and passwords live: local, active-directory, openldap, 389, freeipa, or entra." placeholder:"KIND"`
	Domain            string   `help:"The organisation's mail domain; it completes user IDs." placeholder:"DOMAIN"`
	Organisation      string   `help:"The organisation's name." placeholder:"NAME"`
	HelpDesk          string   `help:"What the help desk is called." placeholder:"NAME"`
	HelpDeskPhone     string   `help:"Its number, as people dial it." placeholder:"NUMBER"`
	HelpDeskHours     string   `help:"When somebody is there." placeholder:"HOURS"`
	Reset             string   `help:"Who may reset a password: all, or groups." placeholder:"WHO"`
	ResetGroups       []string `help:"A group whose members may. May be given several times." placeholder:"GROUP"`
	Methods           []string `help:"A way for people to prove who they are. May be given several times." placeholder:"METHOD"`
	Administrator     string   `help:"User ID of the first administrator." placeholder:"USERID"`
	AdministratorName string   `help:"Their name." placeholder:"NAME"`
	AdministratorMail string   `help:"Their work mailbox, with a directory of Sparekey's own." placeholder:"MAIL"`

	setupDelivery

	DirectoryDomain         string   `help:"With active-directory: the domain's DNS name, by which its controllers are found." placeholder:"DOMAIN"`
	DirectoryServers        []string `help:"A server of the directory, ldaps://HOST[:PORT] or ldap://HOST[:PORT] (StartTLS). May be given several times." placeholder:"URL"`
	DirectoryTrust          string   `help:"The roots by which they are known, in PEM." placeholder:"FILE" type:"path"`
	DirectoryUser           string   `help:"The service account." placeholder:"ACCOUNT"`
	DirectoryPasswordFile   string   `help:"A file with its password, one line, that not everybody may read. It is copied beside the keys." placeholder:"FILE" type:"path"`
	DirectoryBase           string   `help:"The DN beneath which people are." placeholder:"DN"`
	DirectoryGroupBase      string   `help:"The DN beneath which groups are." placeholder:"DN"`
	DirectoryPasswordPolicy string   `help:"With openldap: the DN of most people's password policy." placeholder:"DN"`
	DirectoryAdministrators string   `help:"The group whose members administer Sparekey, by name or DN; with entra by object ID." placeholder:"GROUP"`

	DirectoryCloud       string `help:"With entra: the cloud that the tenant is in: global, us-government, us-defense, or china." placeholder:"CLOUD"`
	DirectoryTenant      string `help:"With entra: the directory (tenant) ID." placeholder:"ID"`
	DirectoryApplication string `help:"With entra: the application (client) ID." placeholder:"ID"`
	DirectoryCertificate string `help:"With entra: the application's certificate with its private key. It stays where it is." placeholder:"FILE" type:"path"`
	DirectorySecretFile  string `help:"With entra, in place of that: a file with its client secret, one line, that not everybody may read. It is copied beside the keys." placeholder:"FILE" type:"path"`
}

// given are the answers that came as flags, by question.
func (c *setupServer) given() map[string]string {
	all := map[string]string{
		"base-url": c.BaseURL, "tls": c.TLS, "certificate": c.Certificate, "key": c.Key, "behind-proxy": strings.Join(c.BehindProxy, ", "),
		"acme": c.ACME, "agree-terms": c.AgreeTerms, "acme-contact": c.ACMEContact, "listen": c.Listen, "data": c.Data, "keys": c.Keys,
		"directory": c.Directory, "domain": c.Domain, "organisation": c.Organisation, "help-desk": c.HelpDesk,
		"help-desk-phone": c.HelpDeskPhone, "help-desk-hours": c.HelpDeskHours, "reset": c.Reset,
		"reset-groups": strings.Join(c.ResetGroups, ", "), "methods": strings.Join(c.Methods, ", "),
		"administrator": c.Administrator, "administrator-name": c.AdministratorName, "administrator-mail": c.AdministratorMail,
	}
	maps.Copy(all, map[string]string{
		"directory-domain": c.DirectoryDomain, "directory-servers": strings.Join(c.DirectoryServers, ", "), "directory-trust": c.DirectoryTrust,
		"directory-user": c.DirectoryUser, "directory-password-file": c.DirectoryPasswordFile, "directory-base": c.DirectoryBase,
		"directory-group-base": c.DirectoryGroupBase, "directory-password-policy": c.DirectoryPasswordPolicy,
		"directory-administrators": c.DirectoryAdministrators, "directory-cloud": c.DirectoryCloud, "directory-tenant": c.DirectoryTenant,
		"directory-application": c.DirectoryApplication, "directory-certificate": c.DirectoryCertificate, "directory-secret-file": c.DirectorySecretFile,
	})
	maps.Copy(all, c.setupDelivery.given())
	for key, value := range all {
		if value == "" {
			delete(all, key)
		}
	}
	return all
}

func (c *setupServer) run(ctx context.Context, p Program) error {
	draft, err := setup.Begin(c.Config)
	var already *setup.SetUpError
	if errors.As(err, &already) {
		return errors.New(words.Text("command.setup.already", words.Values{"file": already.File, "program": p.Name, "config": c.configured()}))
	}
	if err != nil {
		return err
	}
	t := ask.New(p.In, p.Out, os.Getenv)
	if c.Yes {
		err = c.take(ctx, draft, t)
	} else {
		err = (&conversation{t: t, draft: draft, given: c.given()}).hold(ctx)
	}
	if errors.Is(err, ask.ErrLeft) {
		return errors.New(words.Text("command.setup.left"))
	}
	if err != nil {
		return err
	}
	done, err := draft.Write(ctx)
	if errors.Is(err, context.Canceled) {
		return errors.New(words.Text("command.setup.left"))
	}
	if err != nil {
		return fmt.Errorf("%s\n%w", words.Text("command.setup.undone"), err)
	}
	c.tell(t, p, draft, done)
	return nil
}

// take takes the answers from flags, and else what is suggested; all that is wrong is said at once.
func (c *setupServer) take(ctx context.Context, draft *setup.Draft, t *ask.Terminal) error {
	given, taken := c.given(), map[string]bool{}
	var wrong []error
	for q := next(draft, taken); q != nil; q = next(draft, taken) {
		taken[q.Key] = true
		answer, is := given[q.Key]
		if !is {
			answer = q.Suggested
		}
		if answer == "" && !q.Optional {
			_, _ = draft.Answer(ctx, *q, "")
			wrong = append(wrong, errors.New(words.Text("command.setup.flag_missing", words.Values{"flag": q.Key, "question": q.Title})))
			continue
		}
		notes, err := draft.AnswerByFlag(ctx, *q, answer)
		if ctx.Err() != nil {
			return ask.ErrLeft
		}
		for _, note := range notes {
			t.Note(note)
		}
		key := q.Key
		var again setup.AgainError
		if errors.As(err, &again) {
			key = again.Key
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("--%s: %w", key, err))
		}
	}
	for key := range given {
		if !taken[key] {
			wrong = append(wrong, errors.New(words.Text("command.setup.flag_unused", words.Values{"flag": key})))
		}
	}
	if len(wrong) > 0 {
		return usageError{errors.Join(wrong...)}
	}
	return nil
}

// next is the first question that was not asked yet; nil for none any more.
func next(draft *setup.Draft, asked map[string]bool) *setup.Question {
	for _, q := range draft.Questions() {
		if !asked[q.Key] {
			return &q
		}
	}
	return nil
}

// tell says what was made, and what comes next.
func (c *setupServer) tell(t *ask.Terminal, p Program, draft *setup.Draft, done setup.FirstDone) {
	for _, note := range done.Notes {
		t.Note(note)
	}
	fmt.Fprintln(p.Out)
	t.Heading(words.Text("command.setup.done"))
	for _, file := range done.Files {
		fmt.Fprintln(p.Out, "  "+file)
	}
	fmt.Fprintln(p.Out)
	t.Text("", words.Text("command.setup.copy_keys"))
	fmt.Fprintln(p.Out)
	t.Heading(words.Text("command.setup.next"))
	url := draft.Value("base-url")
	said := words.Values{"program": p.Name, "url": url, "file": draft.File(), "user_id": draft.Value("administrator")}
	if draft.Packaged() {
		t.Text("  1. ", words.Text("command.setup.next_unit"))
		fmt.Fprintln(p.Out, "     systemctl daemon-reload && systemctl enable --now sparekey")
	} else {
		t.Text("  1. ", words.Text("command.setup.next_serve"))
		fmt.Fprintln(p.Out, "     "+p.Name+" serve"+c.configured())
	}
	t.Text("  2. ", words.Text("command.setup.next_connect"))
	fmt.Fprintln(p.Out, "     sparekey connect "+url)
	said["time"] = done.Code.Expires.Local().Format(time.TimeOnly)
	next := words.Text("command.setup.next_code_registers", said)
	if done.Code.First {
		next = words.Text("command.setup.next_code", said)
	}
	t.Text("  3. ", next)
	fmt.Fprintln(p.Out)
	fmt.Fprintln(p.Out, done.Code.Shown().Reveal())
	fmt.Fprintln(p.Out)
	t.Text("", words.Text("command.setup.code_again", said))
	fmt.Fprintln(p.Out, "  "+p.Name+" setup administrator "+draft.Value("administrator")+c.configured())
}

// configured is the flag that names the settings, where they don't lie where commands look by themselves.
func (c *setupServer) configured() string {
	if c.Config == setup.PackagedSettings {
		return ""
	}
	return " --config " + c.Config
}

type setupAdministrator struct {
	UserID string `arg:"" name:"userid" help:"Whose."`
	serverOf
}

func (c *setupAdministrator) run(ctx context.Context, p Program) error {
	made, err := setup.IssueFirstCode(ctx, c.Config, c.UserID)
	if err != nil {
		return firstProblem(p, err)
	}
	said := words.Values{"code": made.Shown().Reveal(), "name": made.Person.Name, "time": made.Expires.Local().Format(time.TimeOnly)}
	if made.First {
		_, err = fmt.Fprintln(p.Out, words.Text("command.setup.code_first", said))
	} else {
		_, err = fmt.Fprintln(p.Out, words.Text("command.setup.code", said))
	}
	return err
}

// firstProblem says why there is no code for a first administrator.
func firstProblem(p Program, err error) error {
	said := words.Values{"program": p.Name}
	switch app.ProblemOf(err).Code {
	case "unknown_person":
		return errors.New(words.Text("command.setup.nobody", said))
	case "no_administrator":
		return errors.New(words.Text("command.setup.not_administrator", said))
	case "administrator_registered":
		return errors.New(words.Text("command.setup.registered", said))
	}
	return passProblem(err)
}
