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
	title     string
	enters    bool // people are entered by Sparekey: the first administrator is
	questions func(*Draft) []Question
	set       func(*Draft, *DirectorySettings)
}

// firstDirectories gives the kinds that can be set up, by their name in the settings.
func firstDirectories() map[string]firstDirectory {
	ldap := func(title string) firstDirectory {
		return firstDirectory{title: title, questions: (*Draft).ldapQuestions, set: (*Draft).ldapSettings}
	}
	return map[string]firstDirectory{
		"active-directory": ldap(words.Text("command.setup.directory_ad")),
		"openldap":         ldap(words.Text("command.setup.directory_openldap")),
		"389":              ldap(words.Text("command.setup.directory_389")),
		"freeipa":          ldap(words.Text("command.setup.directory_freeipa")),
		"local": {
			title:     words.Text("command.setup.directory_local"),
			enters:    true,
			questions: func(*Draft) []Question { return nil },
			set:       func(d *Draft, s *DirectorySettings) { s.Domain = d.answers[askDomain] },
		},
	}
}

func (d *Draft) directoryQuestions() []Question {
	var kinds []Choice
	for _, kind := range directoryKinds() {
		kinds = append(kinds, Choice{kind, firstDirectories()[kind].title})
	}
	all := []Question{
		{Key: askDirectory, Title: words.Text("command.setup.directory"), Suggested: "local", Choices: kinds},
		{Key: askDomain, Title: words.Text("command.setup.domain"), Help: words.Text("command.setup.domain_help"), Suggested: d.guessDomain(), try: tryDomain},
	}
	if kind, is := firstDirectories()[d.answers[askDirectory]]; is {
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
	if kind, is := firstDirectories()[d.answers[askDirectory]]; is {
		s.Directory.Kind = d.answers[askDirectory]
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
