package setup

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/policy"
)

// The policy to begin with.

// The keys of the answers about that.
const (
	askOrganisation = "organisation"
	askDesk         = "help-desk"
	askDeskPhone    = "help-desk-phone"
	askDeskHours    = "help-desk-hours"
	askReset        = "reset"
	askGroups       = "reset-groups"
	askMethods      = "methods"
)

func (d *Draft) policyQuestions() []Question {
	about := []Question{
		{Key: askOrganisation, Title: words.Text("command.setup.organisation"), Help: words.Text("command.setup.organisation_help"), try: tryPolicy("organisation.name")},
		{Key: askDesk, Title: words.Text("command.setup.desk"), Help: words.Text("command.setup.desk_help"), Suggested: words.Text("command.setup.desk_suggested"), try: tryPolicy("help_desk.name")},
		{Key: askDeskPhone, Title: words.Text("command.setup.desk_phone"), Optional: true, try: tryPolicy("help_desk.phone")},
		{Key: askDeskHours, Title: words.Text("command.setup.desk_hours"), Optional: true, try: tryPolicy("help_desk.hours")},
		{Key: askReset, Title: words.Text("command.setup.reset"), Help: words.Text("command.setup.reset_help"), Suggested: string(policy.ForAll), Choices: []Choice{
			{string(policy.ForAll), words.Text("command.setup.reset_all")}, {string(policy.ForGroups), words.Text("command.setup.reset_groups")},
		}, try: tryPolicy("feature.reset")},
		{Key: askGroups, Title: words.Text("command.setup.groups"), Help: d.groupsHelp(), Several: true,
			asked: func(d *Draft) bool { return d.answers[askReset] == string(policy.ForGroups) }, try: tryGroups},
	}
	return slices.Concat(about, d.mailQuestions(), d.textQuestions(), []Question{
		{Key: askMethods, Title: words.Text("command.setup.methods"), Help: words.Text("command.setup.methods_help"), Several: true,
			Suggested: strings.Join(d.deliverable(), ", "), Choices: d.methodChoices(), try: tryMethods},
	})
}

func (d *Draft) groupsHelp() string {
	if d.enters() {
		return words.Text("command.setup.groups_help")
	}
	kind, _ := d.firstDirectory()
	return words.Text(kind.group)
}

// undelivered reports whether a method has to send something that nobody carries.
func (d *Draft) undelivered(kind app.Kind) bool {
	switch kind {
	case app.KindEmail:
		return !sendsMails(d)
	case app.KindSMS:
		return !carriesTexts(d)
	}
	return slices.Contains(sendingKinds, kind)
}

// deliverable are the other methods, strongest first.
func (d *Draft) deliverable() []string {
	var kinds []string
	for _, kind := range app.Kinds() {
		if !d.undelivered(kind) {
			kinds = append(kinds, string(kind))
		}
	}
	return kinds
}

func (d *Draft) methodChoices() []Choice {
	var all []Choice
	for _, kind := range app.Kinds() {
		said := words.Text("kind." + string(kind) + ".title")
		if d.undelivered(kind) {
			said = words.Text("command.setup.undelivered", words.Values{"method": said})
		}
		all = append(all, Choice{string(kind), said})
	}
	return all
}

func tryPolicy(keys ...string) func(context.Context, *Draft) ([]string, error) {
	return func(_ context.Context, d *Draft) ([]string, error) { return nil, d.wrongPolicy(keys...) }
}

// tryMethods holds the methods against the policy's check, which needs the server's name for security keys.
func tryMethods(_ context.Context, d *Draft) ([]string, error) {
	if d.answers[askBase] == "" {
		return nil, nil
	}
	err := d.wrongPolicy("methods", "questions")
	if d.wrongPolicy("security_key") != nil { // what is asked of keys is the sample's, but for the name
		_, name := hostOf(d.answers[askBase])
		err = errors.Join(err, app.NewProblem("", "keys_need_domain", "is", name))
	}
	return nil, err
}

// asProblems are the problems of a document as they are joined elsewhere.
func asProblems(err error) error {
	var found *config.Problems
	if !errors.As(err, &found) {
		return err
	}
	all := make([]error, len(found.List))
	for i, p := range found.List {
		all[i] = p
	}
	return errors.Join(all...)
}

// policy is the document as the answers make it; what is not answered yet is as in the sample.
func (d *Draft) policy() ([]byte, error) {
	values := map[string]string{}
	set := func(ask, key string) {
		if value := d.answers[ask]; value != "" {
			values[key] = quote(value)
		}
	}
	set(askOrganisation, "organisation.name")
	set(askDesk, "help_desk.name")
	set(askDeskPhone, "help_desk.phone")
	set(askDeskHours, "help_desk.hours")
	set(askReset, "feature.reset")
	if d.answers[askDomain] != "" {
		values["organisation.domains"] = quoteAll([]string{d.answers[askDomain]})
	}
	if d.answers[askReset] == string(policy.ForGroups) && len(d.list(askGroups)) > 0 {
		values["feature.groups"] = quoteAll(d.list(askGroups))
	}
	if methods := d.list(askMethods); len(methods) > 0 {
		values["methods.allowed"] = quoteAll(methods)
		n := strconv.Itoa(min(len(methods), policy.Default().Methods.Register))
		values["methods.register"], values["methods.gates"] = n, n
		if slices.Contains(methods, string(app.KindSecurityKey)) {
			_, name := hostOf(d.answers[askBase])
			values["security_key.rp_id"], values["security_key.origin"] = quote(name), quote("https://"+name)
		}
	}
	return fill(policy.Sample(), values)
}
