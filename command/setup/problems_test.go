package setup

import (
	"errors"
	"fmt"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
)

func TestProblemsAreSaidInWords(t *testing.T) {
	_, wrong := policy.Parse("p.toml", []byte("[organisation]\nname = \"x\"\ndomains = [\"x.example\"]\n[help_desk]\nname = 5\n[methods]\ngates = 9\nregister = 2\n"))
	const said = "p.toml:5: help_desk.name: must be a text in quotes\np.toml:7: methods.gates: must be 1 or 2, is 9\n" +
		"p.toml:8: methods.register: must be at least methods.gates, which is 9, is 2"
	gone := errors.New("it is gone")
	for want, err := range map[string]error{
		said: wrong,
		"the policy names files, and came from no folder":       app.NewProblem("", "no_folder"),
		"appearance: must be \"system\", \"light\" or \"dark\"": app.NewProblem("appearance", "appearance"),
		said + "\nit is gone":                                   errors.Join(wrong, gone),
		"it is gone":                                            gone,
		"looked: it is gone":                                    fmt.Errorf("looked: %w", gone),
	} {
		if got := InWords(err); got.Error() != want {
			t.Errorf("got\n%v\nwant\n%s", got, want)
		}
	}
	if InWords(nil) != nil || !errors.Is(InWords(errors.Join(wrong, gone)), gone) {
		t.Error("what is no problem does not stay as it is")
	}
}
