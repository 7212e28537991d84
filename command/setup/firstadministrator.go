package setup

import (
	"context"
	"net/mail"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/policy"
)

// The first administrator: whom the directory is given, where Sparekey enters its people, and else one of those whom it has.

// The keys of the answers about them.
const (
	askAdmin     = "administrator"
	askAdminName = "administrator-name"
	askAdminMail = "administrator-mail"
)

func (d *Draft) administratorQuestions() []Question {
	help := words.Text("command.setup.administrator_help")
	if !d.enters() {
		help = words.Text("command.setup.administrator_directory", words.Values{"group": d.answers[askAdministrators]})
	}
	return []Question{
		{Key: askAdmin, Title: words.Text("command.setup.administrator"), Help: help, try: tryAdministrator},
		{Key: askAdminName, Title: words.Text("command.setup.administrator_name"), Help: words.Text("command.setup.administrator_name_help"), asked: (*Draft).enters},
		{Key: askAdminMail, Title: words.Text("command.setup.administrator_mail"), Suggested: d.suggestedMail(), asked: (*Draft).enters, try: tryMail},
	}
}

// enters reports whether Sparekey enters the directory's people.
func (d *Draft) enters() bool {
	kind, _ := d.firstDirectory()
	return kind.enters
}

// suggestedMail is the administrator's user ID, with the domain; empty where that is no mailbox.
func (d *Draft) suggestedMail() string {
	id := d.answers[askAdmin]
	if !strings.ContainsAny(id, `@\`) {
		id += "@" + d.answers[askDomain]
	}
	if !isMailbox(id) {
		return ""
	}
	return id
}

// isMailbox reports whether a text is a mail address and nothing beside.
func isMailbox(text string) bool {
	read, err := mail.ParseAddress(text)
	return err == nil && read.Address == text
}

func tryAdministrator(ctx context.Context, d *Draft) ([]string, error) {
	if _, err := typed.UserID(d.answers[askAdmin]); err != nil {
		return nil, app.NewProblem("", "user_id_malformed")
	}
	if !d.enters() && d.good[askAdministrators] {
		return tryInDirectory(ctx, d)
	}
	return nil, nil
}

func tryMail(_ context.Context, d *Draft) ([]string, error) {
	if !isMailbox(d.answers[askAdminMail]) {
		return nil, app.NewProblem("", "mail_malformed")
	}
	return nil, nil
}

// administrator is whom to enter. Where the reset is for groups, they are in all of them.
func (d *Draft) administrator() app.EnterPerson {
	p := app.EnterPerson{UserID: d.answers[askAdmin], Name: d.answers[askAdminName], Mail: d.answers[askAdminMail], Admin: true, By: Operator()}
	if d.answers[askReset] == string(policy.ForGroups) {
		p.Groups = d.list(askGroups)
	}
	return p
}
