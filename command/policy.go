package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/command/setup"
)

type policyCommands struct {
	Check   policyCheck   `cmd:"" help:"Name everything that is wrong in a policy document, by line."`
	Init    policyInit    `cmd:"" help:"Print a policy document to start from."`
	Apply   policyApply   `cmd:"" help:"Put a policy document in force, as a new version; also while the window is open."`
	Show    policyShow    `cmd:"" help:"Print the policy in force, or a version of it."`
	History policyHistory `cmd:"" help:"List the versions of the policy."`
}

type policyCheck struct {
	File string `arg:"" help:"The policy document (TOML)." type:"path"`
}

func (c *policyCheck) run(_ context.Context, p Program) error {
	good, err := checkPolicy(p, c.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Out, words.Text("command.policy.good", words.Values{
		"file": c.File, "name": good.Organisation.Name, "register": good.Methods.Register, "gates": good.Methods.Gates,
	}))
	return err
}

// checkPolicy reads the policy in a file, and says what there is to know of it.
func checkPolicy(p Program, file string) (setup.CheckedPolicy, error) {
	checked, err := setup.CheckPolicy(file)
	if err != nil {
		return checked, usageError{err}
	}
	for _, note := range checked.Notes {
		fmt.Fprintln(p.Err, note)
	}
	return checked, nil
}

type policyInit struct{}

func (policyInit) run(_ context.Context, p Program) error {
	_, err := p.Out.Write(policy.Sample())
	return err
}

type policyApply struct {
	File    string `arg:"" help:"The policy document (TOML)." type:"path"`
	Comment string `help:"What this version is for, in one line."`
	Yes     bool   `help:"Apply it even where people who can reset today could not any more."`
	targetFlags
}

// document reads the document; what can be checked on this computer, it checks.
func (c *policyApply) document(p Program) ([]byte, error) {
	if c.Server == "" {
		checked, err := checkPolicy(p, c.File)
		return checked.Document, err
	}
	document, err := setup.ReadPolicy(c.File)
	if err != nil {
		return nil, usageError{err}
	}
	return document, nil
}

func (c *policyApply) run(ctx context.Context, p Program) error {
	document, err := c.document(p)
	if err != nil {
		return err
	}
	return c.administer(ctx, true, func(admin app.Administration) error {
		before, err := admin.Policies.History(ctx)
		if err != nil {
			return err
		}
		draft := app.PolicyDraft{Document: document, Source: c.File, By: setup.Operator(), Comment: c.Comment, Strand: c.Yes}
		if len(before.Versions) > 0 {
			draft.After = before.Versions[0].Number
		}
		verdict, err := admin.Policies.ApplyPolicy(ctx, draft)
		switch {
		case err != nil:
			return policyRefusal(err)
		case len(verdict.Problems) > 0:
			return policyProblems(c.File, verdict.Problems)
		case verdict.Number == 0:
			return errors.New(words.Plural("command.policy.strands", verdict.Stranded))
		}
		_, err = fmt.Fprintln(p.Out, words.Text("command.policy.applied", words.Values{"file": c.File, "version": verdict.Number}))
		return err
	})
}

// policyRefusal says why a policy was not applied.
func policyRefusal(err error) error {
	var refusal *app.Error
	switch {
	case !errors.As(err, &refusal):
	case refusal.Code == app.CodePolicyManaged:
		return errors.New(words.Text("command.policy.managed", words.Values{"file": refusal.Params["file"]}))
	case refusal.Code == app.CodePolicyMoved:
		return errors.New(words.Text("command.policy.moved"))
	}
	return err
}

// policyProblems lists what is wrong with a policy that was not applied, one on each line. A problem that stands nowhere in
// the document of the file is told without it.
func policyProblems(file string, found []app.Problem) error {
	var said []string
	for _, p := range found {
		if p.Code == "comment" || p.Line == 0 && p.Key == "" {
			said = append(said, words.Problem(p))
			continue
		}
		said = append(said, words.ProblemIn(file, p))
	}
	return errors.New(strings.Join(said, "\n"))
}
