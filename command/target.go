package command

import (
	"context"
	"errors"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

// hereFlags say which Sparekey on this computer a command administers: the server, or a trial.
type hereFlags struct {
	Config string `help:"Settings of the server on this computer, such as /etc/sparekey/server.toml. Run it as root, who may read its keys, or as its account." type:"path" placeholder:"FILE" xor:"target"`
	Data   string `help:"The trial's data folder, in place of its own." type:"path" xor:"target"`
}

// target is what is administered, and whether to change something.
func (f hereFlags) target(write bool) setup.Target {
	return setup.Target{Server: f.Config, Data: f.Data, Write: write}
}

// targetFlags say which Sparekey a command administers: one on this computer, or a server over the network. Without any it is this
// person's trial.
type targetFlags struct {
	hereFlags
	Server    string `help:"A server over the network, such as reset.example.org; with --token-file." placeholder:"ADDRESS" xor:"target,heads"`
	TokenFile string `help:"File of a token for scripts, which nobody else may read; or credential:NAME, where systemd hands it over." placeholder:"FILE"`
}

// target is what is administered. The error is one of usage.
func (f targetFlags) target(write bool) (setup.Target, error) {
	t := f.hereFlags.target(write)
	switch {
	case f.Server == "" && f.TokenFile == "":
		return t, nil
	case f.Server == "":
		return t, usageError{errors.New(words.Text("command.target.no_server"))}
	case f.TokenFile == "":
		return t, usageError{errors.New(words.Text("command.target.no_token"))}
	}
	address, fault := typed.ServerAddress(f.Server)
	if fault != "" {
		return t, usageError{errors.New(words.Text("connect.fault." + fault))}
	}
	t.Remote, t.Token = address, f.TokenFile
	return t, nil
}

// administer does something with the administration of what the flags name.
func (f targetFlags) administer(ctx context.Context, write bool, do func(app.Administration) error) error {
	target, err := f.target(write)
	if err != nil {
		return err
	}
	return administer(ctx, target, do)
}

// administer does something with the administration of a target.
func administer(ctx context.Context, target setup.Target, do func(app.Administration) error) error {
	admin, end, err := setup.Admin(ctx, target)
	var none *setup.NoTrialError
	if errors.As(err, &none) || err != nil && target.Remote != "" { // nothing was asked of the server yet
		return usageError{err}
	}
	if err != nil {
		return err
	}
	err = do(admin)
	if target.Remote != "" {
		err = refusedThere(ctx, target, err)
	}
	return errors.Join(err, end())
}

// refusedThere says in words why a server over the network did not do what a command asked for.
func refusedThere(ctx context.Context, target setup.Target, err error) error {
	var e *app.Error
	if !errors.As(err, &e) {
		return err
	}
	said := words.Values{"server": target.Remote, "scope": e.Params["scope"]}
	switch e.Code {
	case app.CodeSignedOut, app.CodeBadRequest, app.CodeForbidden:
		if version, old := setup.KnowsNoTokens(ctx, target.Remote); old {
			said["version"] = version
			return errors.New(words.Text("command.target.old_server", said))
		}
	}
	switch e.Code {
	case app.CodeSignedOut:
		return errors.New(words.Text("command.target.signed_out"))
	case app.CodeTokenScope:
		return errors.New(words.Text("command.target.token_scope", said))
	case app.CodeForbidden:
		return errors.New(words.Text("command.target.forbidden"))
	case app.CodeBadRequest:
		return errors.New(words.Text("command.target.not_understood"))
	}
	refusal := unconnected(err)
	if target.Write && brokeOff(e) {
		refusal = errors.Join(refusal, errors.New(words.Text("command.target.unsure")))
	}
	if e.Support != "" {
		refusal = errors.Join(refusal, errors.New(words.Text("support.code", words.Values{"code": e.Support})))
	}
	return refusal
}

// brokeOff reports whether a request may have arrived of which no answer came back (package client has the reasons).
func brokeOff(e *app.Error) bool {
	return e.Code == app.CodeOffline && slices.Contains([]string{"timeout", "unreachable", "cancelled"}, e.Params["reason"])
}
