package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/command/setup"
)

type policyShow struct {
	Effective bool `help:"Print every setting with its value, and mark the defaults."`
	Version   int  `help:"Print this version, in place of the one in force."`
	targetFlags
}

func (c *policyShow) run(ctx context.Context, p Program) error {
	return c.administer(ctx, false, func(admin app.Administration) error {
		h, err := admin.Policies.History(ctx)
		if err != nil {
			return err
		}
		notes, err := c.notes(ctx, admin.Policies, h)
		if err != nil {
			return err
		}
		v, err := admin.Policies.Version(ctx, c.Version)
		switch missing := app.CodeOf(err) == app.CodeNoVersion; {
		case missing && c.Version != 0:
			return usageError{errors.New(words.Text("command.policy.no_version", words.Values{"version": c.Version}))}
		case missing:
			return errors.New(strings.Join(append([]string{words.Text("command.policy.none")}, notes...), "\n"))
		case err != nil:
			return err
		case v.Number != h.InForce:
			notes = []string{words.Text("command.policy.another", words.Values{"version": h.InForce})}
		}
		return c.print(p.Out, v, notes)
	})
}

// notes say what there is to say of the version in force.
func (c *policyShow) notes(ctx context.Context, policies app.Policies, h app.PolicyHistory) ([]string, error) {
	if c.Server != "" {
		return notesThere(h), nil
	}
	return policyNotes(ctx, policies, h)
}

// read reads a version; the files that it names, where they lie on this computer.
func (c *policyShow) read(v app.PolicyVersion) (policy.Policy, error) {
	if c.Server != "" {
		p, err := policy.Parse("", v.Document)
		return p, setup.InWords(err)
	}
	return setup.UsablePolicy(v)
}

// print prints a version, or what it sets.
func (c *policyShow) print(out io.Writer, v app.PolicyVersion, notes []string) error {
	usable, err := c.read(v)
	notes = append([]string{describe(v)}, notes...)
	switch {
	case !c.Effective && err != nil:
		return printPolicy(out, append(notes, fmt.Sprintf("%s\n%v", words.Text("command.policy.unusable"), err)), v.Document)
	case !c.Effective:
		return printPolicy(out, notes, v.Document)
	case err != nil:
		return fmt.Errorf("%s\n%w", words.Text("command.policy.version_unusable", words.Values{"version": v.Number}), err)
	}
	return printPolicy(out, notes, policy.Effective(usable))
}

// printPolicy prints the notes as comments, so that the whole is a policy document still.
func printPolicy(out io.Writer, notes []string, document []byte) error {
	var b bytes.Buffer
	for _, note := range notes {
		for line := range strings.Lines(note) {
			fmt.Fprintf(&b, "# %s\n", visible(strings.TrimSuffix(line, "\n")))
		}
	}
	b.WriteByte('\n')
	b.Write(document)
	_, err := out.Write(b.Bytes())
	return err
}

// visible keeps a text on its line, whatever it holds.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// describe says where a version came from: "Version 3, applied 2027-03-01 09:00 by ana from /srv/policy.toml: two gates".
func describe(v app.PolicyVersion) string {
	said := words.Values{"version": v.Number, "time": when(v), "by": by(v), "source": from(v), "comment": v.Comment}
	if v.Comment != "" {
		return visible(words.Text("command.policy.version_comment", said))
	}
	return visible(words.Text("command.policy.version", said))
}

func when(v app.PolicyVersion) string { return v.At.Local().Format("2006-01-02 15:04") }

func by(v app.PolicyVersion) string {
	if v.By == "" {
		return words.Text("command.policy.by_program")
	}
	return v.By
}

func from(v app.PolicyVersion) string {
	if v.Source == "" {
		return words.Text("command.policy.from_program")
	}
	return v.Source
}
