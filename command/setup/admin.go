package setup

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// Target is the Sparekey that a command administers: a trial, in this process.
type Target struct {
	Data  string // the trial's data folder; empty: this person's own
	Heads string // file of signed heads to hold the audit trail against, in place of the trial's own
	Write bool   // open it to change something; without it there are its history, its versions and its trail, and nothing is written
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
		return administration{folders: folders, heads: target.Heads}.services(), func() error { return nil }, nil
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
	return administration{folders: t.config.Folders, trial: t}.services()
}

// administration implements app.Administration's services on a trial.
type administration struct {
	folders Folders
	heads   string // file of signed heads, in place of the trial's own
	trial   *Trial // nil: it is only read
}

func (a administration) services() app.Administration {
	return app.Administration{Policies: a, Contacts: a, Passes: a, Trail: a}
}

// asOperator is the person who runs the program, on this computer.
func asOperator(ctx context.Context) context.Context {
	return app.WithCaller(ctx, app.Caller{Role: app.RoleAdmin, Origin: app.Origin{Station: Station(), Network: "local"}})
}

// IssuePass implements app.Passes.
func (a administration) IssuePass(ctx context.Context, p app.IssuePass) (app.Pass, error) {
	return a.trial.Service.IssuePass(asOperator(ctx), p)
}

// RevokePass implements app.Passes.
func (a administration) RevokePass(ctx context.Context, userID, by string) error {
	return a.trial.Service.RevokePass(asOperator(ctx), userID, by)
}

// codeSentence is the code of a problem whose Params["reason"] is the sentence itself.
const codeSentence = "sentence"

func sentence(line int, key, reason string) app.Problem {
	return app.Problem{Line: line, Key: key, Code: codeSentence, Params: map[string]string{"reason": reason}}
}
