package main

import (
	"strings"
	"time"

	"github.com/alecthomas/kong"
	mangokong "github.com/alecthomas/mango-kong"
	"github.com/muesli/roff"
)

// What the grammar does not say.
const (
	description = "People at work register ways to prove who they are while all is well, and use two of them to let themselves back in when " +
		"they forgot their password, never got one, or are locked out. Each command says more about itself with --help."
	exitStatus = "0: it is done. 1: it failed. 2: the command line, or a file that it names, is wrong."
	filesRead  = "/etc/sparekey/settings.toml: what the organisation sets on this computer.\n\n" +
		"/etc/sparekey/server.toml: the settings of the organisation's server."
	seeAlso = "https://github.com/sparekey/sparekey"
)

// dated is a page in roff that is of a day which was given to it, and has the product's name in its head.
type dated struct {
	*roff.Document
	date time.Time
}

// Heading begins the page.
func (d dated) Heading(section uint, title, _ string, _ time.Time) {
	d.Document.Heading(section, title, "Sparekey", d.date)
}

// manualPage is what man(1) shows of the program: every command and flag with its help.
func manualPage(app *kong.Application, date time.Time) string {
	page := mangokong.NewManPage(1, app).
		WithLongDescription(description).
		WithSection("Exit Status", exitStatus).
		WithSection("Files", filesRead).
		WithSection("See Also", seeAlso)
	return strings.TrimRight(page.Build(dated{roff.NewDocument(), date}), "\n") + "\n"
}
