package command

import (
	"errors"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// TestAStoreThatFailsIsSaidInWordsWithItsCause, such as a disk that is full: no code stands there, and nobody has to guess.
func TestAStoreThatFailsIsSaidInWordsWithItsCause(t *testing.T) {
	full := &app.Error{Code: app.CodeUnavailable, Cause: errors.New("database or disk is full")}
	for what, c := range map[string]struct{ got, want string }{
		"a command that says nothing of it": {dependencyInWords(full).Error(), words.Text("command.dependency_down") + ": database or disk is full"},
		"a pass":                            {passProblem(full).Error(), words.Text("command.pass.dependency_down") + ": database or disk is full"},
		"messages":                          {messageProblem(full).Error(), words.Text("command.pass.dependency_down") + ": database or disk is full"},
		"a server over the network":         {dependencyInWords(&app.Error{Code: app.CodeUnavailable}).Error(), words.Text("command.dependency_down")},
		"another error":                     {dependencyInWords(errors.Join(full, errors.New("and more"))).Error(), errors.Join(full, errors.New("and more")).Error()},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", what, c.got, c.want)
		}
	}
}
