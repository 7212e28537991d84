package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

type policyShow struct {
	Effective bool   `help:"Print every setting with its value, and mark the defaults."`
	Version   int    `help:"Print this version, in place of the one in force."`
	Data      string `help:"The trial's data folder, in place of its own." type:"path"`
}

func (c *policyShow) run(ctx context.Context, s streams) error {
	h, err := readHistory(ctx, c.Data)
	if err != nil {
		return err
	}
	v, p, notes := h.inForce()
	if c.Version != 0 {
		if v.Number != c.Version {
			notes = []string{fmt.Sprintf("Not in force: that is version %d.", v.Number)}
		}
		if v, err = h.version(c.Version); err != nil {
			return err
		}
		if p, err = usable(v); err != nil {
			notes = append(notes, fmt.Sprintf("It can't be used:\n%v", err))
		}
	}
	switch {
	case v.Number == 0:
		return fmt.Errorf("no version of the policy can be used:\n%s", strings.Join(notes, "\n"))
	case !c.Effective:
		return printPolicy(s.out, append([]string{describe(v)}, notes...), v.Document)
	case err != nil:
		return fmt.Errorf("version %d can't be used:\n%w", v.Number, err)
	}
	return printPolicy(s.out, append([]string{describe(v)}, notes...), policy.Effective(p))
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
func describe(v port.PolicyVersion) string {
	said := fmt.Sprintf("Version %d, applied %s by %s from %s", v.Number, when(v), by(v), from(v))
	if v.Comment != "" {
		said += ": " + v.Comment
	}
	return visible(said)
}

func when(v port.PolicyVersion) string { return v.At.Local().Format("2006-01-02 15:04") }

func by(v port.PolicyVersion) string {
	if v.By == "" {
		return "Sparekey"
	}
	return v.By
}

func from(v port.PolicyVersion) string {
	if v.Source == "" {
		return "the program"
	}
	return v.Source
}

type policyHistory struct {
	Data string `help:"The trial's data folder, in place of its own." type:"path"`
}

func (c *policyHistory) run(ctx context.Context, s streams) error {
	h, err := readHistory(ctx, c.Data)
	if err != nil {
		return err
	}
	inForce, _, _ := h.inForce()
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "VERSION\tAPPLIED\tBY\tFROM\tSHA-256\tCOMMENT")
	for _, v := range h.versions {
		mark := ""
		if v.Number == inForce.Number {
			mark = " (in force)"
		}
		fmt.Fprintf(table, "%d%s\t%s\t%s\t%s\t%.6x\t%s\n", v.Number, mark, v.At.Format(time.RFC3339), visible(by(v)), visible(from(v)), v.Hash, visible(v.Comment))
	}
	return table.Flush()
}
