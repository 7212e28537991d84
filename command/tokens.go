package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type tokensCommands struct {
	New    tokensNew    `cmd:"" help:"Print a token, once: with it a script administers the server over the network."`
	List   tokensList   `cmd:"" help:"List the tokens: what each may do, until when, and when it was used."`
	Revoke tokensRevoke `cmd:"" help:"End a token at once, for good."`
}

type tokensNew struct {
	Name string        `arg:"" help:"What to call it, such as \"nightly import\": the audit trail names it so."`
	May  []string      `required:"" help:"What it may do: policy, policy.read, contacts, passes, accounts, accounts.read, trail, stations, stations.read, tokens.read, messages; with a comma between them." placeholder:"SCOPES"`
	For  time.Duration `default:"8h" help:"How long it lives: 8h unless you say otherwise, 720h at most." placeholder:"TIME"`
	hereFlags
}

func (c *tokensNew) run(ctx context.Context, p Program) error {
	may, err := c.scopes()
	if err != nil {
		return usageError{err}
	}
	if c.For < app.MinTokenLife || c.For > app.MaxTokenLife {
		return usageError{errors.New(words.Text("error.token_life"))}
	}
	return administer(ctx, c.target(true), func(admin app.Administration) error {
		made, err := admin.Tokens.MakeToken(ctx, app.MakeToken{Name: c.Name, May: may, Life: c.For, By: setup.Operator()})
		if err != nil {
			return tokenProblem(err)
		}
		if _, err := fmt.Fprintln(p.Out, made.Secret.Reveal()); err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.Err, words.Text("command.tokens.made", words.Values{
			"name": made.Token.Name, "may": scopeList(made.Token.May), "time": minute(made.Token.Ends),
		}))
		return err
	})
}

// scopes reads what the token may do.
func (c *tokensNew) scopes() (may []app.Scope, err error) {
	for _, name := range c.May {
		s := app.Scope(strings.TrimSpace(name))
		if !slices.Contains(app.Scopes, s) {
			return nil, errors.New(words.Text("command.tokens.scope", words.Values{"scope": visible(name), "scopes": scopeList(app.Scopes)}))
		}
		may = append(may, s)
	}
	return may, nil
}

func scopeList(may []app.Scope) string {
	var names []string
	for _, s := range may {
		names = append(names, string(s))
	}
	return strings.Join(names, ",")
}

type tokensList struct{ targetFlags }

func (c *tokensList) run(ctx context.Context, p Program) error {
	return c.administer(ctx, false, func(admin app.Administration) error {
		all, err := admin.Tokens.ListTokens(ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			_, err := fmt.Fprintln(p.Out, words.Text("command.tokens.none"))
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, words.Text("command.tokens.columns"))
		for _, t := range all {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", visible(t.Name), tokenState(t, time.Now()), visible(scopeList(t.May)), visible(t.MadeBy), minute(t.Used), visible(string(t.ID)))
		}
		return table.Flush()
	})
}

// tokenState says how a token stands.
func tokenState(t app.Token, now time.Time) string {
	switch {
	case !t.Revoked.IsZero():
		return words.Text("command.tokens.revoked_state", words.Values{"date": day(t.Revoked)})
	case now.After(t.Ends):
		return words.Text("command.tokens.over_state", words.Values{"date": day(t.Ends)})
	}
	return words.Text("command.tokens.good_state", words.Values{"time": minute(t.Ends)})
}

type tokensRevoke struct {
	Token string `arg:"" help:"Its name, or its ID."`
	hereFlags
}

func (c *tokensRevoke) run(ctx context.Context, p Program) error {
	return administer(ctx, c.target(true), func(admin app.Administration) error {
		all, err := admin.Tokens.ListTokens(ctx)
		if err != nil {
			return err
		}
		revoked, err := admin.Tokens.RevokeToken(ctx, tokenNamed(all, c.Token, time.Now()), setup.Operator())
		if err != nil {
			return tokenProblem(err)
		}
		_, err = fmt.Fprintln(p.Out, words.Text("command.tokens.revoked", words.Values{"name": revoked.Name}))
		return err
	})
}

// tokenNamed is the ID of a token by what somebody calls it: its ID, or its name; one that has ended by its ID alone, since another
// may have its name. The ID goes before: anybody's token may be called by another's.
func tokenNamed(all []app.Token, called string, now time.Time) app.TokenID {
	if slices.ContainsFunc(all, func(t app.Token) bool { return string(t.ID) == called }) {
		return app.TokenID(called)
	}
	for _, t := range all {
		if t.Revoked.IsZero() && !now.After(t.Ends) && strings.EqualFold(t.Name, called) {
			return t.ID
		}
	}
	return app.TokenID(called)
}

// tokenProblem says why nothing was done.
func tokenProblem(err error) error {
	switch app.CodeOf(err) {
	case app.CodeTokenName:
		return errors.New(words.Text("command.tokens.token_name"))
	case app.CodeNoToken:
		return errors.New(words.Text("command.tokens.no_such_token"))
	case app.CodeUnavailable:
		return withCause(words.Text("command.tokens.dependency_down"), err)
	}
	return err
}
