package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type stationCommands struct {
	Enrol stationEnrol `cmd:"" help:"Enrol this computer as a workstation or kiosk of the organisation. Asks for the one-time code of an administrator, which may also come by standard input."`
}

type stationEnrol struct {
	Server   string `help:"The organisation's server, in place of the one in the settings."`
	For      string `help:"The account that runs Sparekey here, and alone may read the key, in place of your own." placeholder:"ACCOUNT"`
	Key      string `help:"The file to keep the key in, in place of the one in the settings. Name it there as station_key." type:"path"`
	Settings string `help:"Settings file, in place of the one in the configuration folder." type:"path"`
}

func (c *stationEnrol) run(ctx context.Context, p Program) error {
	return c.enrol(ctx, p, setup.Sources{
		Flags: setup.Settings{Server: strings.TrimRight(c.Server, "/"), StationKey: c.Key}, File: c.Settings,
	})
}

// enrol enrols by the settings of these sources.
func (c *stationEnrol) enrol(ctx context.Context, p Program, from setup.Sources) error {
	set, err := from.Load()
	if err != nil {
		return usageError{err}
	}
	for _, line := range set.OverruledInWords() {
		fmt.Fprintln(p.Err, line)
	}
	if set.Server == "" {
		return usageError{errors.New(words.Text("command.station.no_server"))}
	}
	code, err := askCode(p)
	if err != nil {
		return usageError{err}
	}
	e, err := set.Enrol(ctx, code, c.For)
	if err != nil {
		return unconnected(err)
	}
	_, err = fmt.Fprintln(p.Out, words.Text("command.station.enrolled", words.Values{
		"name": e.Name, "server": e.Server, "file": set.StationKeyPath(),
	}))
	return err
}

// maxTyped is how much is read of a line that somebody types, in bytes.
const maxTyped = 1 << 10

// askCode reads the code from standard input: on the command line it would stand in a history, and be seen by everybody here.
func askCode(p Program) (app.Secret, error) {
	fmt.Fprint(p.Err, words.Text("command.station.ask")+" ")
	if p.In == nil {
		return app.Secret{}, errors.New(words.Text("command.station.no_code"))
	}
	line, err := bufio.NewReader(io.LimitReader(p.In, maxTyped)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return app.Secret{}, err
	}
	code, err := app.ReadPass(app.NewSecret(strings.TrimSpace(line)))
	if err != nil {
		return app.Secret{}, errors.New(words.Text("command.station.no_code"))
	}
	return code, nil
}
