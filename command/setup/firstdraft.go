package setup

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
)

// Question is one of those by which a server is set up. Its key is the flag that answers it in a script.
type Question struct {
	Key         string
	Title, Help string
	Choices     []Choice // in place of a text; empty for a text
	Several     bool     // of the choices, or of texts, between commas
	Optional    bool
	Secret      bool   // asked without an echo, and never shown; the flag names a file that has it
	Suggested   string // empty for nothing

	asked func(*Draft) bool                               // nil: always
	try   func(context.Context, *Draft) ([]string, error) // the answer, which stands in the draft by then; nil: whatever it is
	after string                                          // a question without whose good answer there is nothing to try this one by; empty: none
	blank bool                                            // no answer is tried as well
}

// Choice is one of several answers.
type Choice struct{ Value, Words string }

// AgainError means that an earlier answer is wrong, as can only be seen now: that question comes again.
type AgainError struct {
	Key   string
	Cause error
}

func (e AgainError) Error() string { return e.Cause.Error() }

// Unwrap gives what is wrong.
func (e AgainError) Unwrap() error { return e.Cause }

// Draft is a server that is being set up: the answers so far, each of which was tried. Nothing is written before Write.
type Draft struct {
	machine machine
	answers map[string]string
	good    map[string]bool       // the questions whose answers stand
	secrets map[string]app.Secret // the answers that are secret
	seen    directorySeen
	carry   deliverySeen
}

// SetUpError says that there is a server already.
type SetUpError struct{ File string } // its settings

func (e *SetUpError) Error() string { return e.File + " is there already" }

// Begin begins to set up a server whose settings will lie in a file; a *SetUpError where these are there already.
func Begin(config string) (*Draft, error) {
	m, err := thisMachine(config)
	if err != nil {
		return nil, err
	}
	if exists(m.config) {
		return nil, &SetUpError{m.config}
	}
	return &Draft{machine: m, answers: map[string]string{}, secrets: map[string]app.Secret{}, good: map[string]bool{}}, nil
}

// Packaged reports whether systemd starts the server, by the unit of the packages.
func (d *Draft) Packaged() bool { return d.machine.packaged }

// File is the settings' file to be.
func (d *Draft) File() string { return d.machine.config }

// Questions are those that are asked, as the answers stand.
func (d *Draft) Questions() []Question {
	all := slices.Concat(d.doorQuestions(), d.placeQuestions(), d.directoryQuestions(), d.policyQuestions(), d.administratorQuestions())
	return slices.DeleteFunc(all, func(q Question) bool { return q.asked != nil && !q.asked(d) })
}

// Value is an answer as it stands; of several, as it is typed; of a secret one, the file that it will lie in.
func (d *Draft) Value(key string) string { return d.answers[key] }

// list is an answer of several.
func (d *Draft) list(key string) []string {
	var all []string
	for one := range strings.SplitSeq(d.answers[key], ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// Answer tries an answer against the real thing, and keeps it. The notes are what there is to know of it, in words; the error says
// what is wrong and what to do, in words, and is an AgainError where an earlier answer is.
func (d *Draft) Answer(ctx context.Context, q Question, given string) (notes []string, err error) {
	before, secret := d.answers[q.Key], d.secrets[q.Key]
	if !q.Secret {
		given = strings.TrimSpace(given)
	}
	d.hold(q, given)
	defer func() {
		if d.good[q.Key] = err == nil && (q.after == "" || d.good[q.after]); err != nil {
			d.answers[q.Key], d.secrets[q.Key] = before, secret
		}
	}()
	if err := q.fits(d, given); err != nil {
		return nil, InWords(err)
	}
	if q.try == nil || given == "" && !q.blank || q.after != "" && !d.good[q.after] {
		return nil, nil
	}
	notes, err = q.try(ctx, d)
	var again AgainError
	if errors.As(err, &again) {
		return notes, AgainError{again.Key, InWords(again.Cause)}
	}
	return notes, InWords(aboutFile(err))
}

// hold has an answer stand in the draft.
func (d *Draft) hold(q Question, given string) {
	if q.Secret {
		d.secrets[q.Key] = app.NewSecret(given)
		if given != "" {
			given = d.secretFile(q.Key)
		}
	}
	d.answers[q.Key] = given
}

// fits says what is wrong with an answer, whatever it is about.
func (q Question) fits(d *Draft, given string) error {
	switch {
	case given == "" && !q.Optional:
		return app.NewProblem("", "answer_needed")
	case given == "":
		return nil
	case strings.ContainsFunc(given, func(r rune) bool { return r < ' ' || r == 0x7f || r == '�' }):
		return app.NewProblem("", "answer_unprintable")
	}
	return q.known(d.list(q.Key), given)
}

// aboutFile has an error of a file say what to do about it.
func aboutFile(err error) error {
	var file *fs.PathError
	if errors.As(err, &file) {
		return app.NewProblem("", "cant_use_file", "file", file.Path, "cause", file.Err)
	}
	return err
}

// AnswerByFlag is Answer with what a flag says: of a secret, the file that has it.
func (d *Draft) AnswerByFlag(ctx context.Context, q Question, value string) (notes []string, err error) {
	if !q.Secret {
		return d.Answer(ctx, q, value)
	}
	password, err := readGiven(value)
	if err != nil {
		return nil, InWords(aboutFile(err))
	}
	return d.Answer(ctx, q, password.Reveal())
}

// known says that an answer is none of the choices.
func (q Question) known(list []string, given string) error {
	if len(q.Choices) == 0 {
		return nil
	}
	var values []string
	for _, c := range q.Choices {
		values = append(values, c.Value)
	}
	if !q.Several {
		list = []string{given}
	}
	for _, one := range list {
		if !slices.Contains(values, one) {
			return app.NewProblem("", "no_choice", "is", one, "known", strings.Join(values, ", "))
		}
	}
	return nil
}

// wrong holds the settings, as the answers make them, against the checks of a server's start, and gives what these say of some of
// them: by key, and what belongs to each.
func (d *Draft) wrong(check func(*planner), keys ...string) error {
	p := &planner{
		plan: &ServerPlan{settings: d.settings(false), path: d.machine.config, passwords: map[string]func() (app.Secret, error){}}, clock: systemClock{}, problems: &config.Problems{},
	}
	check(p)
	return about(p.problems.List, keys...)
}

// about gives those problems that are of some keys, or of what belongs to them, and leaves their keys out.
func about(found []app.Problem, keys ...string) error {
	var all []error
	for _, f := range found {
		if slices.ContainsFunc(keys, func(key string) bool { return f.Key == key || strings.HasPrefix(f.Key, key+".") }) {
			f.Line, f.Key = 0, ""
			all = append(all, f)
		}
	}
	return errors.Join(all...)
}
