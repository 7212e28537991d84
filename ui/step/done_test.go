package step_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/uitest"
)

// TestTheLastPageTellsOfTheKeyring: after a new password, where a keyring opens with the old one, and nowhere else.
func TestTheLastPageTellsOfTheKeyring(t *testing.T) {
	set, unlocked := app.Done{Facts: []app.Fact{app.FactPasswordSet}}, app.Done{Facts: []app.Fact{app.FactUnlocked}}
	for name, c := range map[string]struct {
		purpose app.Purpose
		step    app.Done
		keyring bool
		says    string
	}{
		"a reset":                   {app.PurposeReset, set, true, "done.keyring.reset"},
		"a change":                  {app.PurposeChange, set, true, "done.keyring.change"},
		"a reset without a keyring": {app.PurposeReset, set, false, ""},
		"the first password":        {app.PurposeReset, app.Done{Facts: []app.Fact{app.FactFirstPassword}}, true, ""},
		"the same password":         {app.PurposeReset, unlocked, true, ""},
		"signed out":                {app.PurposeManage, app.Done{Facts: []app.Fact{app.FactEverywhere}}, true, ""},
	} {
		s := uitest.NewStage(t)
		f := uitest.FlowAt(1, c.step)
		f.Purpose = c.purpose
		w := s.At(f, func(o *ui.Options) { o.Keyring = c.keyring })
		uitest.MustBeAt(t, w, "done")
		if c.says != "" {
			uitest.MustSay(t, w, words.Text(c.says))
		} else if uitest.Says(w, "keyring") {
			t.Errorf("%s: it speaks of a keyring", name)
		}
	}
}
