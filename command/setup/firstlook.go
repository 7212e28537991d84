package setup

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/directory/examine"
	"github.com/sparekey/sparekey/backend/policy"
)

// What a look at a directory means for the question that it was taken for.

// look examines the directory as the answers make it, but for what change says. The error is what keeps the answer to a question, or
// to one before it, from standing; the notes are what there is to know beside.
func (d *Draft) look(ctx context.Context, asked string, change func(*DirectorySettings), e examine.Examination) (notes []string, err error) {
	found, err := d.examine(ctx, change, e)
	if err != nil {
		return nil, err
	}
	if asked == askServers {
		d.seen.untrusted = slices.ContainsFunc(found, isUntrusted)
	}
	w := weighing{draft: d, asked: asked}
	w.served = slices.ContainsFunc(found, func(f examine.Finding) bool { return f.Step == lastOfServers(e) && !w.stopped(f) })
	for _, f := range found {
		w.add(f)
	}
	return w.notes, w.err()
}

// weighing is what findings mean for a question.
type weighing struct {
	draft  *Draft
	asked  string
	served bool // one of the servers has all that is looked at

	notes   []string
	wrong   []error
	earlier string // the question before it whose answer is wrong
}

// lastOfServers is the step with which an examination of a server ends.
func lastOfServers(e examine.Examination) examine.Step {
	if e.UpTo == examine.StepTLS {
		return e.UpTo
	}
	return examine.StepBind
}

// stopped reports whether a finding is wrong: where servers are asked for, whom to trust is asked next; a group of people who may
// reset can be made later.
func (w *weighing) stopped(f examine.Finding) bool {
	return stops(f) && !(w.asked == askServers && isUntrusted(f)) && w.asked != askGroups
}

func (w *weighing) add(f examine.Finding) {
	kind, _ := w.draft.firstDirectory()
	about := kind.about(w.draft, f, w.asked)
	switch {
	case w.stopped(f) && !(w.served && isServer(f)):
		w.wrong = append(w.wrong, errors.New(told(f)))
		if about != w.asked && w.earlier == "" {
			w.earlier = about
		}
	case w.asked == askServers && isUntrusted(f):
		w.notes = append(w.notes, words.Text("command.setup.untrusted", certificate(f)))
	case about == w.asked && f.Step == examine.StepTLS && f.Code == "":
		w.notes = append(w.notes, words.Text("command.setup.trusted", certificate(f)))
	case about == w.asked && worthTelling(f):
		w.notes = append(w.notes, told(f))
	}
}

func (w *weighing) err() error {
	err := errors.Join(w.wrong...)
	if err != nil && w.earlier != "" {
		return AgainError{w.earlier, err}
	}
	return err
}

// certificate is what is said of a server's.
func certificate(f examine.Finding) words.Values {
	return words.Values{"server": f.About, "subject": f.Params["subject"], "issuer": f.Params["issuer"], "until": f.Params["until"]}
}

func isUntrusted(f examine.Finding) bool { return f.Code == examine.TLSUnknown }

// isServer reports whether a finding is about one of the servers, of which one is enough.
func isServer(f examine.Finding) bool {
	return slices.Contains([]examine.Step{examine.StepResolve, examine.StepConnect, examine.StepTLS, examine.StepBind}, f.Step)
}

// stops reports whether nobody can go on with a finding. A right can be granted later.
func stops(f examine.Finding) bool {
	switch f.Code {
	case examine.GroupUnknown, examine.PersonUnknown, examine.PersonElsewhere, examine.PersonProtected, examine.PersonDisabled, examine.PersonExpired:
		return true
	}
	return f.Failed && f.Step != examine.StepRights
}

// worthTelling leaves out that what was named is there.
func worthTelling(f examine.Finding) bool {
	return f.Code != "" || f.Step == examine.StepBind || f.Step == examine.StepPolicy
}

// told is a finding on a line: what it is about, what was found, what helps.
func told(f examine.Finding) string {
	why := ""
	if f.Step == examine.StepResolve || f.Step == examine.StepConnect { // it is no server that says so
		why, f.Cause = reason(f.Cause), nil
	}
	said := findingInWords("", f)
	if do := doNow(f.Code); do != "" {
		said.Do = do
	}
	if why != "" {
		said.What += " (" + why + ")"
	}
	if f.Step == examine.StepPerson && f.Code != examine.PersonUnknown { // who it is stands in what was found
		said.About = ""
	}
	line := strings.TrimPrefix(said.About+": "+said.What, ": ")
	if said.Do != "" {
		line += ". " + said.Do
	}
	return line
}

// reason is what the network says, without where.
func reason(err error) string {
	var looked *net.DNSError
	var dialled *net.OpError
	switch {
	case errors.As(err, &looked):
		return looked.Err
	case errors.As(err, &dialled) && dialled.Err != nil:
		return strings.TrimPrefix(dialled.Err.Error(), "connect: ")
	}
	return ""
}

// doNow is what helps where a setting is asked for, in place of the name of one; empty for what helps at any time.
func doNow(code examine.Code) string {
	switch code {
	case examine.TLSUnknown:
		return words.Text("command.setup.do_trust")
	case examine.BindWrong:
		return words.Text("command.setup.do_password", words.Values{"back": "back"})
	case examine.BaseMissing, examine.PolicyMissing:
		return words.Text("command.setup.do_dn")
	case examine.PolicyUnnamed:
		return words.Text("command.setup.do_policy")
	case examine.GroupUnknown:
		return words.Text("command.setup.do_group")
	case examine.GroupEmpty:
		return words.Text("command.setup.do_member")
	case examine.PersonNoPassword:
		return words.Text("command.setup.do_first")
	case examine.PersonUnknown:
		return words.Text("command.setup.do_name")
	case examine.PersonElsewhere, examine.PersonProtected, examine.PersonDisabled, examine.PersonExpired:
		return words.Text("command.setup.do_other")
	}
	return ""
}

// tryInDirectory looks the first administrator up: whether they may begin, and are in the groups that they have to be in.
func tryInDirectory(ctx context.Context, d *Draft) (notes []string, err error) {
	name, group := d.answers[askAdmin], d.answers[askAdministrators]
	if notes, err = d.look(ctx, askAdmin, nil, examine.Examination{UpTo: examine.StepRights, Person: name}); err != nil {
		return notes, err
	}
	kind, _ := d.firstDirectory()
	directory, err := kind.open(d, nil)
	if err != nil {
		return notes, err
	}
	defer func() { err = errors.Join(err, directory.Close()) }()
	account, err := directory.Find(ctx, name)
	enabled := d.answers[askReset] != string(policy.ForGroups) || slices.ContainsFunc(d.list(askGroups), func(named string) bool {
		return slices.ContainsFunc(account.Groups, func(is string) bool { return strings.EqualFold(is, named) })
	})
	switch {
	case err != nil:
		return notes, errors.New(told(examine.Finding{Step: examine.StepServers, Code: examine.Unanswered, Cause: err}))
	case !account.Admin:
		return notes, app.NewProblem("", "administrator_outside", "user_id", account.UserID, "group", group)
	case !enabled:
		return notes, app.NewProblem("", "administrator_outside", "user_id", account.UserID, "group", d.answers[askGroups])
	}
	return append([]string{words.Text("command.setup.found", words.Values{"name": account.Name, "user_id": account.UserID})}, notes...), nil
}
