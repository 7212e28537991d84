package setup

import (
	"cmp"
	"context"
	"os"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/directory/examine"
	"github.com/sparekey/sparekey/backend/directory/ldap"
)

// A directory behind LDAP: its servers, the service account, and what is where. Each answer is tried with those before it.

// The keys of the answers about that.
const (
	askController     = "directory-domain"
	askServers        = "directory-servers"
	askTrust          = "directory-trust"
	askUser           = "directory-user"
	askPassword       = "directory-password-file"
	askPeople         = "directory-base"
	askGroupBase      = "directory-group-base"
	askPasswordPolicy = "directory-password-policy"
	askAdministrators = "directory-administrators"
)

// directorySeen is what the tries have seen of a directory.
type directorySeen struct {
	found     bool   // DNS names controllers
	untrusted bool   // the system does not know who issued the servers' certificates
	context   string // the DN of all of it
}

func (d *Draft) isAD() bool {
	return ldap.Kind(d.answers[askDirectory]) == ldap.ActiveDirectory
}

func (d *Draft) ldapQuestions() []Question {
	servers, serversHelp := words.Text("command.setup.servers"), words.Text("command.setup.servers_help")
	if d.seen.found {
		serversHelp = words.Text("command.setup.servers_found")
	}
	trustHelp := words.Text("command.setup.trust_known")
	if d.seen.untrusted {
		trustHelp = words.Text("command.setup.trust_help")
	}
	userHelp := words.Text("command.setup.user_help")
	if d.isAD() {
		userHelp = words.Text("command.setup.user_ad", words.Values{"domain": cmp.Or(d.answers[askController], "example.org")})
	}
	return []Question{
		{Key: askController, Title: words.Text("command.setup.controller"), Help: words.Text("command.setup.controller_help"),
			Suggested: d.answers[askDomain], asked: (*Draft).isAD, try: tryController},
		{Key: askServers, Title: servers, Help: serversHelp, Several: true, Optional: d.seen.found, blank: true, try: tryServers},
		{Key: askTrust, Title: words.Text("command.setup.trust"), Help: trustHelp, Optional: !d.seen.untrusted, after: askServers, try: tryTrust},
		{Key: askUser, Title: words.Text("command.setup.user"), Help: userHelp},
		{Key: askPassword, Title: words.Text("command.setup.password"), Help: words.Text("command.setup.password_help"), Secret: true, after: askTrust, try: tryPassword},
		{Key: askPeople, Title: words.Text("command.setup.people"), Help: words.Text("command.setup.people_help"), Suggested: d.seen.context, after: askPassword, try: tryPeople},
		{Key: askGroupBase, Title: words.Text("command.setup.group_base"), Help: words.Text("command.setup.group_base_help"),
			Suggested: cmp.Or(d.seen.context, d.answers[askPeople]), after: askPeople, try: tryGroupBase},
		{Key: askPasswordPolicy, Title: words.Text("command.setup.password_policy"), Help: words.Text("command.setup.password_policy_help"),
			Optional: true, blank: true, asked: (*Draft).namesPolicy, after: askGroupBase, try: tryPasswordPolicy},
		{Key: askAdministrators, Title: words.Text("command.setup.administrators"), Help: words.Text("command.setup.administrators_help"),
			after: askGroupBase, try: tryAdministrators},
	}
}

// namesPolicy reports whether no entry of the directory says which password policy holds.
func (d *Draft) namesPolicy() bool { return ldap.Kind(d.answers[askDirectory]) == ldap.OpenLDAP }

// ldapSettings are those of the directory; its password is named by its file.
func (d *Draft) ldapSettings(s *DirectorySettings) {
	s.Domain = d.answers[askDomain]
	if d.isAD() {
		s.Domain = d.answers[askController]
	}
	s.Servers, s.Trust, s.User, s.Password = d.list(askServers), d.answers[askTrust], d.answers[askUser], d.keptSecret(askPassword)
	s.Base, s.GroupBase = d.answers[askPeople], d.answers[askGroupBase]
	if d.namesPolicy() {
		s.PasswordPolicy = d.answers[askPasswordPolicy]
	}
	if group := d.answers[askAdministrators]; group != "" {
		s.Administrators = []string{group}
	}
}

// tryController asks DNS for the domain's controllers. Where it names none, they are asked for.
func tryController(ctx context.Context, d *Draft) ([]string, error) {
	d.seen.found = false
	found, err := d.examine(ctx, func(s *DirectorySettings) { s.Servers = nil }, examine.Examination{UpTo: examine.StepServers})
	if d.seen.found = err == nil && len(found) == 0; d.seen.found || err != nil {
		return nil, err
	}
	return []string{words.Text("command.setup.no_controllers", words.Values{"domain": d.answers[askController]})}, nil
}

// tryServers connects to each. Whether their certificates are to be trusted is the next question's.
func tryServers(ctx context.Context, d *Draft) ([]string, error) {
	if err := d.wrong((*planner).checkDirectories, "directory.servers"); err != nil {
		return nil, err
	}
	if len(d.list(askServers)) == 0 && !d.seen.found {
		return nil, app.NewProblem("", "answer_needed")
	}
	return d.look(ctx, askServers, func(s *DirectorySettings) { s.Trust = "" }, examine.Examination{UpTo: examine.StepTLS})
}

func tryTrust(ctx context.Context, d *Draft) ([]string, error) {
	if err := d.wrong((*planner).checkDirectories, "directory.trust"); err != nil {
		return nil, err
	}
	if err := d.machine.account.readable(d.machine.beside(d.answers[askTrust])); err != nil {
		return nil, err
	}
	return d.look(ctx, askTrust, nil, examine.Examination{UpTo: examine.StepTLS})
}

// tryPassword signs in as the service account, and sees what the directory calls itself.
func tryPassword(ctx context.Context, d *Draft) ([]string, error) {
	if file := d.secretFile(askPassword); exists(file) {
		return nil, AgainError{askKeys, app.NewProblem("", "never_replaced", "file", file)}
	}
	d.seen.context = ""
	whole := func(s *DirectorySettings) { s.Base, s.GroupBase = "", "" }
	found, err := d.examine(ctx, whole, examine.Examination{UpTo: examine.StepBase})
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if f.Step == examine.StepBase && !f.Failed {
			d.seen.context = f.About
		}
	}
	return d.look(ctx, askPassword, whole, examine.Examination{UpTo: examine.StepBind})
}

func tryPeople(ctx context.Context, d *Draft) ([]string, error) {
	return d.look(ctx, askPeople, func(s *DirectorySettings) { s.GroupBase = "" }, examine.Examination{UpTo: examine.StepBase})
}

func tryGroupBase(ctx context.Context, d *Draft) ([]string, error) {
	e := examine.Examination{UpTo: examine.StepPolicy}
	if d.namesPolicy() {
		e.UpTo = examine.StepBase
	}
	return d.look(ctx, askGroupBase, nil, e)
}

func tryPasswordPolicy(ctx context.Context, d *Draft) ([]string, error) {
	return d.look(ctx, askPasswordPolicy, nil, examine.Examination{UpTo: examine.StepPolicy})
}

func tryAdministrators(ctx context.Context, d *Draft) ([]string, error) {
	return d.look(ctx, askAdministrators, nil, examine.Examination{UpTo: examine.StepGroup, Groups: []string{d.answers[askAdministrators]}})
}

// readGiven reads a password from the file that a flag names.
func readGiven(path string) (app.Secret, error) {
	if info, err := os.Stat(path); err == nil && exposedToAll(info.Mode()) {
		return app.Secret{}, app.NewProblem("", "key_exposed", "file", path)
	}
	return readPassword(path)
}

// aboutLDAP is the question that a finding is about, of a directory behind LDAP.
func (d *Draft) aboutLDAP(f examine.Finding, asked string) string {
	switch f.Step {
	case examine.StepTLS:
		if isUntrusted(f) || asked == askTrust && !f.Failed {
			return askTrust
		}
		return askServers
	case examine.StepBind:
		return askPassword
	case examine.StepBase:
		switch {
		case f.Code == examine.Unanswered:
			return asked
		case asked != askPeople && f.About == d.answers[askGroupBase] && f.About != d.answers[askPeople]:
			return askGroupBase
		}
		return askPeople
	case examine.StepPolicy:
		if asked == askGroupBase { // no question names one
			return asked
		}
		return askPasswordPolicy
	case examine.StepGroup, examine.StepPerson, examine.StepRights:
		return asked
	}
	return askServers
}

// openLDAP opens the directory as the answers make it, but for what change says.
func (d *Draft) openLDAP(change func(*DirectorySettings)) (examined, error) {
	s := d.settings(false)
	if change != nil {
		change(&s.Directory)
	}
	c, err := (&ServerPlan{settings: s, path: d.machine.config}).ldapConfig(directoryBlock{DirectorySettings: s.Directory})
	if err != nil {
		return nil, err
	}
	c.User = cmp.Or(c.User, "nobody") // while none is named, nobody signs in
	c.Password = func() (app.Secret, error) { return d.secrets[askPassword], nil }
	c.Clock, c.Network = systemClock{}, commandParts.Network
	return ldap.New(c)
}
