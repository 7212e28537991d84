package setup

import (
	"context"
	"errors"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/directory/examine"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Where accounts and passwords live. Each kind of directory has questions of its own.

// The keys of the answers about that.
const (
	askDirectory = "directory"
	askDomain    = "domain"
)

// firstDirectory is a kind of directory as it is set up: what is asked of it beside its domain, each with its live try, and what the
// answers set.
type firstDirectory struct {
	kind      string // its name in the settings
	title     string
	enters    bool // people are entered by Sparekey: the first administrator is
	questions func(*Draft) []Question
	set       func(*Draft, *DirectorySettings)

	// Of those that have people of their own, not by Sparekey:
	open  func(*Draft, func(*DirectorySettings)) (examined, error) // as the answers make it, but for what is changed
	about func(d *Draft, f examine.Finding, asked string) string   // the question that a finding is about
	group string                                                   // the key of the words that say how groups are named
}

// examined is a directory that is looked at while a server is set up.
type examined interface {
	examine.Directory
	Find(ctx context.Context, userID string) (port.DirectoryAccount, error)
	Close() error
}

// firstDirectories gives the kinds that can be set up, in the order in which they are offered.
func firstDirectories() []firstDirectory {
	ldap := func(kind, title string) firstDirectory {
		return firstDirectory{
			kind: kind, title: title, questions: (*Draft).ldapQuestions, set: (*Draft).ldapSettings,
			open: (*Draft).openLDAP, about: (*Draft).aboutLDAP, group: "command.setup.groups_directory",
		}
	}
	return []firstDirectory{
		{
			kind: "local", title: words.Text("command.setup.directory_local"), enters: true,
			questions: func(*Draft) []Question { return nil },
			set:       func(d *Draft, s *DirectorySettings) { s.Domain = d.answers[askDomain] },
		},
		ldap("active-directory", words.Text("command.setup.directory_ad")),
		ldap("openldap", words.Text("command.setup.directory_openldap")),
		ldap("freeipa", words.Text("command.setup.directory_freeipa")),
		ldap("389", words.Text("command.setup.directory_389")),
		{
			kind: kindEntra, title: words.Text("command.setup.directory_entra"), questions: (*Draft).entraQuestions, set: (*Draft).entraSettings,
			open: (*Draft).openEntra, about: aboutEntra, group: "command.setup.groups_entra",
		},
	}
}

// firstDirectory is the kind that was chosen; false where none is yet.
func (d *Draft) firstDirectory() (firstDirectory, bool) {
	for _, one := range firstDirectories() {
		if one.kind == d.answers[askDirectory] {
			return one, true
		}
	}
	return firstDirectory{}, false
}

func (d *Draft) directoryQuestions() []Question {
	var kinds []Choice
	for _, one := range firstDirectories() {
		kinds = append(kinds, Choice{one.kind, one.title})
	}
	all := []Question{
		{Key: askDirectory, Title: words.Text("command.setup.directory"), Suggested: "local", Choices: kinds},
		{Key: askDomain, Title: words.Text("command.setup.domain"), Help: words.Text("command.setup.domain_help"), Suggested: d.guessDomain(), try: tryDomain},
	}
	if kind, is := d.firstDirectory(); is {
		all = append(all, kind.questions(d)...)
	}
	return all
}

// guessDomain is the base URL's name without its first part.
func (d *Draft) guessDomain() string {
	_, name := hostOf(d.answers[askBase])
	_, domain, _ := strings.Cut(name, ".")
	if !strings.Contains(domain, ".") {
		return ""
	}
	return domain
}

func tryDomain(_ context.Context, d *Draft) ([]string, error) {
	return nil, d.wrongPolicy("organisation.domains")
}

func (d *Draft) directorySettings(s *ServerSettings) {
	if kind, is := d.firstDirectory(); is {
		s.Directory.Kind = kind.kind
		kind.set(d, &s.Directory)
	}
}

// wrongPolicy holds the policy, as the answers make it, against its check, and gives what that says of some settings.
func (d *Draft) wrongPolicy(keys ...string) error {
	document, err := d.policy()
	if err != nil {
		return err
	}
	_, err = policy.Parse(policyName, document)
	return about(app.ProblemsOf(asProblems(err)), keys...)
}

// examine gives what an examination finds.
func (d *Draft) examine(ctx context.Context, change func(*DirectorySettings), e examine.Examination) (found []examine.Finding, err error) {
	kind, _ := d.firstDirectory()
	directory, err := kind.open(d, change)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, directory.Close()) }()
	directory.Examine(ctx, e, func(f examine.Finding) { found = append(found, f) })
	return found, nil
}

// tryGroups looks those groups up whose members may reset. One that is still to be made keeps nothing from being set up.
func tryGroups(ctx context.Context, d *Draft) ([]string, error) {
	if err := d.wrongPolicy("feature.groups"); err != nil || !d.good[askAdministrators] || d.enters() {
		return nil, err
	}
	return d.look(ctx, askGroups, func(s *DirectorySettings) { s.Administrators = d.list(askGroups) },
		examine.Examination{UpTo: examine.StepGroup, Groups: d.list(askGroups)})
}
