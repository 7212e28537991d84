package admin

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// History implements app.Policies.
func (a *Admin) History(ctx context.Context) (app.PolicyHistory, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopePolicyRead, false); err != nil {
		return app.PolicyHistory{}, err
	}
	h := app.PolicyHistory{InForce: o.PolicyVersion()}
	err := o.View(ctx, func(tx *core.Tx) error {
		versions, err := tx.Policies()
		if err != nil {
			return err
		}
		for _, v := range versions {
			v.Document = nil
			h.Versions = append(h.Versions, app.PolicyVersion(v))
		}
		h.File, err = tx.PolicyFile()
		return err
	})
	return h, err
}

// Version implements app.Policies.
func (a *Admin) Version(ctx context.Context, number int) (app.PolicyVersion, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopePolicyRead, false); err != nil {
		return app.PolicyVersion{}, err
	}
	if number == 0 {
		number = o.PolicyVersion()
	}
	if number < 1 {
		return app.PolicyVersion{}, o.Stamp(&app.Error{Code: app.CodeNoVersion}, "")
	}
	v, err := o.ReadPolicy(ctx, number)
	if errors.Is(err, port.ErrNotFound) {
		return app.PolicyVersion{}, o.Stamp(&app.Error{Code: app.CodeNoVersion}, "")
	}
	return app.PolicyVersion(v), err
}

// CheckPolicy implements app.Policies.
func (a *Admin) CheckPolicy(ctx context.Context, draft app.PolicyDraft) (app.PolicyVerdict, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopePolicyRead, false); err != nil {
		return app.PolicyVerdict{}, err
	}
	return o.checkPolicy(ctx, o.versionOf(draft))
}

// ApplyPolicy implements app.Policies. Every backend on this store takes the version up when it reloads.
func (a *Admin) ApplyPolicy(ctx context.Context, draft app.PolicyDraft) (app.PolicyVerdict, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopePolicy, true); err != nil {
		return app.PolicyVerdict{}, err
	}
	if utf8.RuneCountInString(draft.Comment) > 200 || strings.ContainsFunc(draft.Comment, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		return app.PolicyVerdict{Problems: []app.Problem{app.NewProblem("comment", "comment")}}, nil
	}
	v := o.versionOf(draft)
	verdict, err := o.checkPolicy(ctx, v)
	if err != nil || len(verdict.Problems) > 0 || verdict.Stranded > 0 && !draft.Strand {
		return verdict, err
	}
	var refusal *app.Error
	verdict.Number, err = o.AddPolicy(ctx, v, func(tx *core.Tx, newest port.PolicyVersion) (bool, error) {
		refusal = nil
		file, err := tx.PolicyFile()
		switch {
		case file != "":
			refusal = &app.Error{Code: app.CodePolicyManaged, Params: map[string]string{"file": file}}
		case newest.Number != draft.After:
			refusal = &app.Error{Code: app.CodePolicyMoved}
		}
		return refusal == nil, err
	})
	if err != nil {
		return app.PolicyVerdict{}, err
	}
	if refusal != nil {
		return app.PolicyVerdict{}, o.Stamp(refusal, "")
	}
	return verdict, nil
}

// uploaded is the source of a version that came by a session or a token: a path that a caller names is none of this computer's, and
// no file is read beside it.
const uploaded = "(uploaded)"

// versionOf makes the version that a draft would become; without a byte order mark, since what is kept is shown again.
func (o *operation) versionOf(draft app.PolicyDraft) port.PolicyVersion {
	document, err := files.Text(draft.Document)
	if err != nil {
		document = draft.Document // who parses it says what is wrong
	}
	sum := sha256.Sum256(document)
	source := draft.Source
	if o.Caller().Session != "" || o.Caller().Role == app.RoleScript {
		source = uploaded
	}
	return port.PolicyVersion{
		By: o.actor(draft.By), Source: source, Comment: draft.Comment, Document: document, Hash: sum[:],
	}
}

// checkPolicy opens a version as a backend would that takes it up, and counts whom it would strand.
func (o *operation) checkPolicy(ctx context.Context, v port.PolicyVersion) (app.PolicyVerdict, error) {
	p, r, err := core.OpenPolicy(o.Config, v)
	if err == nil && r.Close != nil {
		err = r.Close()
	}
	if err != nil {
		return app.PolicyVerdict{Problems: policyProblems(err)}, nil
	}
	stranded, err := o.countStranded(ctx, &p)
	return app.PolicyVerdict{Stranded: stranded}, err
}

// policyProblems says why a document can't be used.
func policyProblems(err error) []app.Problem {
	var wrong *config.Problems
	if errors.As(err, &wrong) {
		return wrong.List
	}
	return []app.Problem{app.ProblemOf(err)}
}

// countStranded counts the people who can reset under the policy in force, and could not under next.
func (o *operation) countStranded(ctx context.Context, next *policy.Policy) (int, error) {
	var holders []app.AccountID
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		holders, err = tx.Holders()
		return err
	})
	stranded := 0
	for _, id := range holders {
		account, err := o.Account(ctx, id)
		if errors.Is(err, port.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, err
		}
		var creds rules.Credentials
		if err := o.View(ctx, func(tx *core.Tx) (err error) {
			creds, err = tx.Credentials(id)
			return err
		}); err != nil {
			return 0, err
		}
		subject := rules.SubjectOf(account)
		able := o.Rules(subject).CanReset(account, creds, o.Now())
		if able && !rules.For(next, o.Method, subject).CanReset(account, creds, o.Now()) {
			stranded++
		}
	}
	return stranded, err
}
