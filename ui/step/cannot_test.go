package step_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

// Whose directory takes no change by the present password is not offered one.
func TestAChangeIsOfferedWhereTheDirectoryTakesIt(t *testing.T) {
	for _, elsewhere := range []bool{false, true} {
		s := uitest.NewStage(t)
		w := atInfo(s)
		w.Session.NoChange = elsewhere
		uitest.Tap(t, w, "info.authapp")
		if offered := kit.Find(w.Root(), "rail.change") != nil; offered == elsewhere {
			t.Errorf("taken elsewhere: %v, offered here: %v", elsewhere, offered)
		}
	}
}

// Where some can sign in by pass alone, the page says so before anybody types: whose password was refused isn't told why.
func TestTheSignInPageSaysWhoNeedsAPass(t *testing.T) {
	for _, only := range []bool{false, true} {
		s := uitest.NewStage(t)
		s.OnStart = func(app.Start) (app.Flow, error) {
			f := uitest.FlowAt(1, app.EnterSignIn{Pass: true, PassOnly: only})
			f.Purpose = app.PurposeSignIn
			return f, nil
		}
		w := s.OpenWindow()
		uitest.Tap(t, w, "home.set_up")
		if said := uitest.Says(w, words.Text("sign_in.pass_only")); said != only {
			t.Errorf("some need a pass: %v, said: %v", only, said)
		}
		if uitest.Says(w, words.Text("sign_in.lead")) == only {
			t.Error("the other sentence")
		}
		if kit.Find(w.Root(), "sign_in.pass") == nil {
			t.Error("no way to sign in by pass")
		}
	}
}
