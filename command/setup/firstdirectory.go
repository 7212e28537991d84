package setup

import (
	"context"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/policy"
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
}

// firstDirectories gives the kinds that can be set up, in the order in which they are offered.
func firstDirectories() []firstDirectory {
	ldap := func(kind, title string) firstDirectory {
		return firstDirectory{kind: kind, title: title, questions: (*Draft).ldapQuestions, set: (*Draft).ldapSettings}
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
