//go:build !headless

package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/ask"
	"github.com/sparekey/sparekey/command/desktop"
	"github.com/sparekey/sparekey/command/setup"
)

type kioskCommands struct {
	Run    kioskRun    `cmd:"" default:"withargs" help:"Fill the screen of a kiosk, until staff end it by the exit PIN."`
	SetPIN kioskSetPIN `cmd:"" name:"set-pin" help:"Set the PIN by which staff end the kiosk of this computer. Asks for it; it may also come by standard input."`
}

type kioskRun struct {
	Try      bool   `help:"Try it: with the sample organisation on this computer. Its exit PIN is 000000."`
	Config   string `help:"The kiosk's own settings, in place of the usual file." type:"path"`
	Settings string `help:"Settings file, in place of the one in the configuration folder." type:"path"`
	Server   string `help:"The organisation's server, such as https://reset.example.org."`
}

// run never ends in a window that tells of a fault: anybody may stand before it. The log has what is wrong.
func (c *kioskRun) run(ctx context.Context, p Program) error {
	return c.open(ctx, p, &desktop.Desktop{Version: p.Version, Log: p.Err, Exit: p.Exit})
}

// open opens the kiosk by its settings.
func (c *kioskRun) open(ctx context.Context, p Program, d *desktop.Desktop) error {
	own, err := setup.LoadKiosk(kioskFile(c.Config))
	if err != nil {
		return usageError{err}
	}
	if err := desktop.StartClean(); err != nil {
		return err
	}
	k := desktop.Kiosk{Settings: own, State: setup.KioskState()}
	if c.Try {
		if d.Folders, err = setup.TemporaryFolders(); err != nil {
			return err
		}
		return d.TryKiosk(ctx, k)
	}
	set, err := setup.Sources{File: c.Settings, Flags: setup.Settings{Server: strings.TrimRight(c.Server, "/")}}.Load()
	if err != nil {
		return usageError{err}
	}
	for _, line := range set.OverruledInWords() {
		fmt.Fprintln(p.Err, line)
	}
	if set.Server == "" {
		return usageError{errors.New(words.Text("command.kiosk.no_server"))}
	}
	return d.OpenKiosk(ctx, set, k)
}

// kioskFile is where a kiosk's own settings are.
func kioskFile(named string) string {
	if named != "" {
		return named
	}
	return setup.SystemKioskFile()
}

type kioskSetPIN struct {
	For    string `help:"The account that runs the kiosk, and has to read the file." placeholder:"ACCOUNT"`
	Config string `help:"The kiosk's own settings, in place of the usual file." type:"path"`
}

func (c *kioskSetPIN) run(ctx context.Context, p Program) error {
	t := ask.New(p.In, p.Err, os.Getenv)
	read := func(prompt string) (app.Secret, error) {
		text, err := t.ReadSecret(ctx, prompt+" ")
		if err != nil {
			return app.Secret{}, usageError{errors.New(words.Text("command.kiosk.no_pin"))}
		}
		return app.NewSecret(strings.TrimSpace(text)), nil
	}
	pin, err := read(words.Text("command.kiosk.ask_pin"))
	if err != nil {
		return err
	}
	if err := setup.CheckExitPIN(pin); err != nil {
		return usageError{err}
	}
	again, err := read(words.Text("command.kiosk.ask_again"))
	if err != nil {
		return err
	}
	if again.Reveal() != pin.Reveal() {
		return usageError{errors.New(words.Text("command.kiosk.pins_differ"))}
	}
	file := kioskFile(c.Config)
	if err := setup.SaveExitPIN(file, pin, c.For); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Out, words.Text("command.kiosk.pin_set", words.Values{"file": file}))
	return err
}
