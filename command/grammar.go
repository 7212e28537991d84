package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// commandLine is what may be said on it.
type commandLine struct {
	Open         openCommand      `cmd:"" default:"withargs" help:"Open the window. Without settings it offers to connect to a server or to try it."`
	Try          tryCommand       `cmd:"" help:"Try it: a sample organisation on this computer. Nothing leaves it."`
	Tour         tourCommand      `cmd:"" help:"Perform the main job in the trial's window, with pictures and a transcript."`
	Policy       policyCommands   `cmd:"" help:"Check a policy document, apply it, see which one is in force."`
	Breached     breachedCommands `cmd:"" help:"Prepare the list of leaked passwords."`
	Users        usersCommands    `cmd:"" help:"Enter contacts of the trial's people beforehand."`
	Pass         passCommands     `cmd:"" help:"Give somebody of the trial a Temporary Access Pass, or take it back."`
	Audit        auditCommands    `cmd:"" help:"Check the trial's audit trail."`
	Doctor       doctorCommand    `cmd:"" help:"Look at what Sparekey needs of this computer: what is wrong, and what helps."`
	DoctorWindow doctorWindow     `cmd:"" hidden:""`
	Version      versionCommand   `cmd:"" help:"Say which version this is."`
}

// runner is a command that was parsed.
type runner interface {
	run(ctx context.Context, s streams) error
}

// usageError is a mistake in what was said to the program: the command line or a file that it names.
type usageError struct{ error }

func isUsage(err error) bool {
	var u usageError
	return errors.As(err, &u)
}

// parse gives the command that args name; nil when they asked for help, which is then printed already.
func parse(args []string, out io.Writer) (func(context.Context, streams) error, error) {
	var line commandLine
	helped := false
	parser, err := kong.New(&line,
		kong.Name("sparekey"),
		kong.Description("Set up ways to prove who you are, and let yourself back in when you forgot your password."),
		kong.Writers(out, io.Discard),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
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
	command, ok := parsed.Selected().Target.Addr().Interface().(runner)
	if !ok {
		return nil, fmt.Errorf("%s needs one of its commands", parsed.Command())
	}
	return command.run, nil
}

type openCommand struct {
	Settings   string `help:"Settings file, in place of the one in the configuration folder." type:"path"`
	Server     string `help:"The organisation's server, such as https://reset.example.org."`
	Appearance string `help:"system, light or dark."`
}

func (c *openCommand) run(ctx context.Context, s streams) error {
	set, path, err := c.settings()
	if err != nil {
		return usageError{err}
	}
	claim, free := claimWindow(ctx, "window", path, c.Server)
	if !free {
		return nil
	}
	return openWindow(ctx, set, path, &desk{claim: claim, log: s.err})
}

// settings are those of the file, with the flags before them.
func (c *openCommand) settings() (settings, string, error) {
	path := c.Settings
	if path == "" {
		path = settingsPath()
	} else if _, err := os.Stat(path); err != nil {
		return settings{}, path, fmt.Errorf("settings can't be read: %w", err)
	}
	set, err := loadSettings(path)
	if err != nil {
		return settings{}, path, err
	}
	if c.Server != "" {
		set.Server = strings.TrimRight(c.Server, "/")
	}
	if c.Appearance != "" {
		set.Appearance = c.Appearance
	}
	if err := set.check(); err != nil {
		return settings{}, path, fmt.Errorf("--%w", err)
	}
	return set, path, nil
}

type tryCommand struct {
	Appearance string `help:"system, light or dark." enum:"system,light,dark" default:"system"`
	Data       string `help:"Folder for the trial's data, in place of its own in the data folder." type:"path"`
	Fresh      bool   `help:"Begin anew: forget what the trial kept from earlier runs."`
	Policy     string `help:"The file that manages the policy: the sample organisation follows it, and each change of it." type:"path"`
}

func (c *tryCommand) run(ctx context.Context, s streams) error {
	if c.Policy != "" {
		if _, _, err := checkedPolicy(c.Policy); err != nil {
			return usageError{err}
		}
	}
	claim, free := claimWindow(ctx, "trial", c.Data)
	switch {
	case !free && (c.Fresh || c.Policy != ""):
		return errOpen
	case !free:
		return nil
	}
	return openTrialWindow(ctx, c, &desk{claim: claim, log: s.err})
}

type tourCommand struct {
	Out      string        `required:"" help:"Folder for the pictures and the transcript." type:"path"`
	Stories  []string      `help:"Tell these stories only."`
	Width    float32       `help:"Width of the window, in units." default:"1024"`
	Height   float32       `help:"Height of the window." default:"700"`
	Keys     string        `help:"Socket at which virtual security keys take orders." placeholder:"SOCKET" type:"path"`
	Pictures []string      `help:"Take pictures of the pages of these names, of all or of none." default:"all"`
	Stay     time.Duration `help:"Keep the window open for so long afterwards."`
}

func (c *tourCommand) run(ctx context.Context, s streams) error { return runTour(ctx, c, s) }

type versionCommand struct{}

func (versionCommand) run(_ context.Context, s streams) error {
	_, err := fmt.Fprintf(s.out, "sparekey %s\n", version)
	return err
}
