package command

import (
	"context"
	"errors"
	"io"

	"github.com/alecthomas/kong"

	"github.com/sparekey/sparekey/assets/words"
)

// commandLine is what may be said on it.
type commandLine struct {
	windowCommands // none in a headless build

	Policy    policyCommands    `cmd:"" help:"Check a policy document, apply it, see which one is in force."`
	Breached  breachedCommands  `cmd:"" help:"Prepare the list of leaked passwords."`
	Users     usersCommands     `cmd:"" help:"Enter contacts of people beforehand."`
	People    peopleCommands    `cmd:"" help:"Put people into a server's own directory, and look after them; see how somebody stands, and lift a freeze."`
	Pass      passCommands      `cmd:"" help:"Give somebody a Temporary Access Pass, or take it back."`
	Messages  messagesCommand   `cmd:"" help:"Say what became of the last messages to somebody: taken by whom, arrived, late or given up, and why."`
	Stations  stationsCommands  `cmd:"" help:"Invite workstations and kiosks, pause, revoke and rename them."`
	Station   stationCommands   `cmd:"" help:"Enrol this computer as a workstation or kiosk."`
	Audit     auditCommands     `cmd:"" help:"Check the audit trail."`
	Tokens    tokensCommands    `cmd:"" help:"Make, list and revoke tokens, by which scripts administer a server over the network."`
	Connect   connectCommand    `cmd:"" help:"Try the organisation's server, say what was found, and keep it for the window."`
	Backup    backupCommand     `cmd:"" help:"Write what is kept into an encrypted file, without its keys; also while a server or a window is at work."`
	Restore   restoreCommand    `cmd:"" help:"Put a backup where nothing is kept yet, or look whether that can be done."`
	Setup     setupCommands     `cmd:"" help:"Set up the server of an organisation, and let its first administrator begin."`
	Keys      keysCommands      `cmd:"" help:"Look after the keys that seal what is kept."`
	Directory directoryCommands `cmd:"" help:"Examine the directories that hold accounts and passwords."`
	Deliver   deliverCommands   `cmd:"" help:"Try whether what the server sends reaches people."`
	Serve     serveCommand      `cmd:"" help:"Serve a whole organisation, until it is told to stop."`
	Doctor    doctorCommand     `cmd:"" help:"Look at what Sparekey needs of this computer: what is wrong, and what helps."`
	Version   versionCommand    `cmd:"" help:"Say which version this is."`
}

// runner is a command that was parsed.
type runner interface {
	run(ctx context.Context, p Program) error
}

// Grammar is what may be said to the program, which is called name, for help, the manual page and completions alike.
func Grammar(name string, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(&commandLine{}, append([]kong.Option{
		kong.Name(name),
		kong.Description("Set up ways to prove who you are, and let yourself back in when you forgot your password."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	}, options...)...)
}

// parse gives the command that args name; nil when they asked for help, which is then printed already.
func parse(name string, args []string, out io.Writer) (func(context.Context, Program) error, error) {
	helped := false
	parser, err := Grammar(name, kong.Writers(out, io.Discard), kong.Exit(func(int) { helped = true }))
	if err != nil {
		return nil, err
	}
	parsed, err := parser.Parse(args)
	if helped {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	selected, ok := parsed.Selected().Target.Addr().Interface().(runner)
	if !ok {
		return nil, errors.New(words.Text("command.incomplete", words.Values{"command": parsed.Command()}))
	}
	return selected.run, nil
}
