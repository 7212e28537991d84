package setup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/policy"
)

// What a look at a directory means for the question that it was taken for.

// look examines the directory as the answers make it, but for what change says. The error is what keeps the answer to a question, or
// to one before it, from standing; the notes are what there is to know beside.
func (d *Draft) look(ctx context.Context, asked string, change func(*DirectorySettings), e ldap.Examination) (notes []string, err error) {
	found, err := d.examine(ctx, change, e)
	if err != nil {
		return nil, err
	}
	if asked == askServers {
		d.seen.untrusted = slices.ContainsFunc(found, isUntrusted)
	}
	last := e.UpTo
	if last != ldap.StepTLS { // where all servers have come to the end
		last = ldap.StepBind
	}
	served := slices.ContainsFunc(found, func(f ldap.Finding) bool {
		return f.Step == last && (!f.Failed || asked == askServers && isUntrusted(f))
	})
	var wrong []error
	earlier := ""
	for _, f := range found {
		about := d.askedBy(f, asked)
		switch {
		case asked == askServers && isUntrusted(f):
			notes = append(notes, words.Text("command.setup.untrusted", words.Values{"server": f.About, "subject": f.Params["subject"], "issuer": f.Params["issuer"], "until": f.Params["until"]}))
		case stops(f) && !(served && isServer(f)) && asked != askGroups:
			wrong = append(wrong, errors.New(told(f)))
			if about != asked && earlier == "" {
				earlier = about
			}
		case about == asked && f.Step == ldap.StepTLS && f.Code == "":
			notes = append(notes, words.Text("command.setup.trusted", words.Values{"server": f.About, "subject": f.Params["subject"], "issuer": f.Params["issuer"], "until": f.Params["until"]}))
		case about == asked && worthTelling(f):
			notes = append(notes, told(f))
		}
	}
	if err = errors.Join(wrong...); err != nil && earlier != "" {
		err = AgainError{earlier, err}
	}
	return notes, err
}

func isUntrusted(f ldap.Finding) bool { return f.Code == ldap.TLSUnknown }

// isServer reports whether a finding is about one of the servers, of which one is enough.
func isServer(f ldap.Finding) bool {
	return slices.Contains([]ldap.Step{ldap.StepResolve, ldap.StepConnect, ldap.StepTLS, ldap.StepBind}, f.Step)
}

// stops reports whether nobody can go on with a finding. A right can be granted later.
func stops(f ldap.Finding) bool {
	switch f.Code {
	case ldap.PersonUnknown, ldap.PersonElsewhere, ldap.PersonProtected, ldap.PersonDisabled, ldap.PersonExpired:
		return true
	}
	return f.Failed && f.Step != ldap.StepRights
}

// worthTelling leaves out that what was named is there.
func worthTelling(f ldap.Finding) bool {
	return f.Code != "" || f.Step == ldap.StepBind || f.Step == ldap.StepPolicy
}

// askedBy is the question that a finding is about.
func (d *Draft) askedBy(f ldap.Finding, asked string) string {
	switch f.Step {
	case ldap.StepTLS:
		if isUntrusted(f) || asked == askTrust && !f.Failed {
			return askTrust
		}
		return askServers
	case ldap.StepBind:
		return askPassword
	case ldap.StepBase:
		switch {
		case f.Code == ldap.Unanswered:
			return asked
		case asked != askPeople && f.About == d.answers[askGroupBase] && f.About != d.answers[askPeople]:
			return askGroupBase
		}
		return askPeople
	case ldap.StepPolicy:
		if asked == askGroupBase { // no question names one
			return asked
		}
		return askPasswordPolicy
	case ldap.StepGroup, ldap.StepPerson, ldap.StepRights:
		return asked
	}
	return askServers
}

// told is a finding on a line: what it is about, what was found, what helps.
func told(f ldap.Finding) string {
	said := findingInWords("", f)
	if do := doNow(f.Code); do != "" {
		said.Do = do
	}
	if said.Do == "" {
		return strings.TrimPrefix(said.About+": "+said.What, ": ")
	}
	return strings.TrimPrefix(said.About+": "+said.What+". "+said.Do, ": ")
}

// doNow is what helps where a setting is asked for, in place of the name of one; empty for what helps at any time.
func doNow(code ldap.Code) string {
	switch code {
	case ldap.TLSUnknown:
		return words.Text("command.setup.do_trust")
	case ldap.BindWrong:
		return words.Text("command.setup.do_password", words.Values{"back": "back"})
	case ldap.BaseMissing, ldap.PolicyMissing:
		return words.Text("command.setup.do_dn")
	case ldap.PolicyUnnamed:
		return words.Text("command.setup.do_policy")
	case ldap.GroupUnknown:
		return words.Text("command.setup.do_group")
	case ldap.GroupEmpty:
		return words.Text("command.setup.do_member")
	case ldap.PersonUnknown:
		return words.Text("command.setup.do_name")
	case ldap.PersonElsewhere, ldap.PersonProtected, ldap.PersonDisabled, ldap.PersonExpired:
		return words.Text("command.setup.do_other")
	}
	return ""
}

// tryInDirectory looks the first administrator up: whether they may begin, and are in the groups that they have to be in.
func tryInDirectory(ctx context.Context, d *Draft) (notes []string, err error) {
	name, group := d.answers[askAdmin], d.answers[askAdministrators]
	if notes, err = d.look(ctx, askAdmin, nil, ldap.Examination{UpTo: ldap.StepRights, Person: name}); err != nil {
		return notes, err
	}
	directory, err := d.openLDAP(nil)
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
		return notes, errors.New(told(ldap.Finding{Step: ldap.StepServers, Code: ldap.Unanswered, Cause: err}))
	case !account.Admin:
		return notes, app.NewProblem("", "administrator_outside", "user_id", account.UserID, "group", group)
	case !enabled:
		return notes, app.NewProblem("", "administrator_outside", "user_id", account.UserID, "group", d.answers[askGroups])
	}
	return append([]string{words.Text("command.setup.found", words.Values{"name": account.Name, "user_id": account.UserID})}, notes...), nil
}
