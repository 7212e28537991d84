package setup

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend"
)

// Target is the Sparekey that a command administers: a trial or the server on this computer, in this process and beside the one
// that is at work, or a server over the network.
type Target struct {
	Remote string // "https://reset.example.org"; empty: one on this computer
	Token  string // file of a token for scripts, or "credential:NAME"; with Remote
	Server string // settings of the server on this computer (server.toml); empty: a trial
	Data   string // the trial's data folder; empty: this person's own
	Heads  string // file of signed heads to hold the audit trail against, in place of its own; not with Remote
	Write  bool   // open a trial to change something; without it what there is can be looked at, and nothing is written

	managed func(into any) (place string, err error) // of Sources
}

// NoTrialError says that there is no trial to administer.
type NoTrialError struct {
	NoProfile bool // no folder was named, and this person has no profile in which one could be
	Cause     error
}

// Error says what helps.
func (e *NoTrialError) Error() string {
	if e.NoProfile {
		return fmt.Sprintf("%s: %v", words.Text("command.trial.no_profile"), e.Cause)
	}
	return fmt.Sprintf("%s: %v", words.Text("command.trial.none"), e.Cause)
}

// Unwrap gives the cause.
func (e *NoTrialError) Unwrap() error { return e.Cause }

// Admin gives the services by which a command administers its target, and what ends them. It is the one place that
// chooses a target. A *NoTrialError says that there is none.
func Admin(ctx context.Context, target Target) (app.Administration, func() error, error) {
	if target.Remote != "" {
		admin, err := administerRemote(target)
		return admin, func() error { return nil }, err
	}
	if target.Server != "" {
		admin, end, err := administerServer(ctx, target.Server)
		if kept, is := admin.Trail.(trail); is && target.Heads != "" {
			kept.keys.heads = target.Heads
			admin.Trail = kept
		}
		return admin, end, err
	}
	folders := FoldersAt(target.Data)
	if target.Data == "" {
		var err error
		if folders, err = profileFolders(); err != nil {
			return app.Administration{}, nil, &NoTrialError{NoProfile: true, Cause: err}
		}
	}
	if _, err := os.Stat(folders.Database()); err != nil {
		return app.Administration{}, nil, &NoTrialError{Cause: err}
	}
	if !target.Write {
		return administration{folders: folders.asTheyLie(), heads: target.Heads}.services(), func() error { return nil }, nil
	}
	trial, err := OpenTrial(ctx, TrialConfig{Folders: folders})
	if err != nil {
		return app.Administration{}, nil, err
	}
	if err := trial.Service.Reload(ctx); err != nil {
		return app.Administration{}, nil, errors.Join(err, trial.Close())
	}
	return trial.Administration(), trial.Close, nil
}

// Administration are the services for who administers the trial.
func (t *Trial) Administration() app.Administration {
	return administration{folders: t.config.Folders, service: t.Service}.services()
}

// administration implements app.Administration's services on a trial: by its backend, or, where that is not open, by what
// its files say.
type administration struct {
	folders Folders
	heads   string           // file of signed heads, in place of the trial's own
	service *backend.Backend // nil: it is only read
}

func (a administration) services() app.Administration {
	return app.Administration{Policies: a, Contacts: a, Passes: a, Accounts: a, Trail: a, Stations: a, Tokens: a, Messages: a, People: a}
}

// asOperator is the person who runs the program, on this computer.
func asOperator(ctx context.Context) context.Context {
	return app.WithCaller(ctx, app.Caller{Role: app.RoleAdmin, Name: Operator(), Origin: app.Origin{Station: Station(), Network: "local"}})
}

// errOnlyRead is a mistake in the program: a command that changes something opens its target to write.
var errOnlyRead = app.Errorf(app.CodeInternal, "the target is open to be read only")

// ImportContacts implements app.Contacts.
func (a administration) ImportContacts(ctx context.Context, file app.ContactsFile) (app.ContactsEntered, error) {
	if a.service == nil {
		return app.ContactsEntered{}, errOnlyRead
	}
	return a.service.ImportContacts(asOperator(ctx), file)
}

// IssuePass implements app.Passes.
func (a administration) IssuePass(ctx context.Context, p app.IssuePass) (app.Pass, error) {
	if a.service == nil {
		return app.Pass{}, errOnlyRead
	}
	return a.service.IssuePass(asOperator(ctx), p)
}

// RevokePass implements app.Passes.
func (a administration) RevokePass(ctx context.Context, userID, by string) error {
	if a.service == nil {
		return errOnlyRead
	}
	return a.service.RevokePass(asOperator(ctx), userID, by)
}
