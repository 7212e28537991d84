package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type connectCommand struct {
	Address string `arg:"" help:"The organisation's server, such as reset.example.org."`
}

func (c *connectCommand) run(ctx context.Context, p Program) error {
	return c.connect(ctx, p, setup.Sources{})
}

// connect tries the server by the settings of these sources, and keeps it among them.
func (c *connectCommand) connect(ctx context.Context, p Program, from setup.Sources) error {
	address, fault := typed.ServerAddress(c.Address)
	if fault != "" {
		return usageError{errors.New(words.Text("connect.fault." + fault))}
	}
	set, err := from.Load()
	if err != nil {
		return usageError{err}
	}
	if set.IsManaged("server") && set.Server != address {
		return usageError{errors.New(words.Text("command.connect.managed", words.Values{"server": set.Server, "place": set.Place}))}
	}
	found, err := set.Probe(ctx, address)
	if err != nil {
		return unconnected(err)
	}
	c.say(p, address, found)
	if set.IsManaged("server") {
		return nil
	}
	if set.File == "" {
		return errors.New(words.Text("doctor.settings.no_profile"))
	}
	if err := setup.SaveServer(set.File, address); err != nil {
		return err
	}
	fmt.Fprintln(p.Out, words.Text("command.connect.kept", words.Values{"file": set.File}))
	return nil
}

// say prints what was found.
func (c *connectCommand) say(p Program, address string, found setup.Answer) {
	said := words.Values{"server": address, "name": found.Organisation.Name, "version": found.Version, "own": p.Version}
	answers := "doctor.server.answers"
	if found.Version != "" {
		answers = "doctor.server.answers_version"
	}
	fmt.Fprintln(p.Out, words.Text(answers, said))
	if cert := found.Certificate; cert != nil {
		fmt.Fprintln(p.Out, words.Text("command.connect.certificate", words.Values{"date": cert.NotAfter.UTC().Format(time.DateOnly), "issuer": cert.Issuer}))
		fmt.Fprintln(p.Out, words.Text("command.connect.key", words.Values{"pin": found.Pin()}))
	}
}

// unconnected says why there is no connection: for people, and behind it as the system says it.
func unconnected(err error) error {
	var e *app.Error
	if !errors.As(err, &e) {
		return err
	}
	said := words.Text("error." + string(e.Code))
	if e.Code == app.CodeOffline {
		said = words.Offline(e.Params)
	}
	if e.Cause == nil {
		return errors.New(said)
	}
	return errors.New(said + "\n" + words.Text("command.connect.why", words.Values{"why": e.Cause}))
}
