package step_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// atSignIn opens the window at the sign-in page, where a pass is taken too.
func atSignIn(s *uitest.Stage) *shell.Window {
	s.T.Helper()
	s.OnStart = func(start app.Start) (app.Flow, error) {
		f := uitest.FlowAt(1, app.EnterSignIn{UserID: "ana@harbour.example", Pass: true})
		if start.Purpose != app.PurposeSignIn {
			f = uitest.FlowAt(1, app.ChooseMethod{Enrol: true, Needed: 2, Choices: []app.Choice{{Kind: app.KindAuthApp}}})
		}
		f.Purpose = start.Purpose
		return f, nil
	}
	w := s.OpenWindow()
	uitest.Tap(s.T, w, "home.set_up")
	uitest.MustBeAt(s.T, w, "sign_in")
	return w
}

func TestSignInWithAPass(t *testing.T) {
	s := uitest.NewStage(t)
	w := atSignIn(s)
	uitest.Tap(t, w, "sign_in.pass")
	uitest.MustSay(t, w, words.Text("pass.heading"))
	if got := uitest.Field(t, w, "pass.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	for typed, want := range map[string]string{"": "pass.empty", "7Q4M": "error.pass_malformed"} {
		uitest.Field(t, w, "pass.field").SetText(typed)
		uitest.Tap(t, w, "page.next")
		uitest.MustSay(t, w, words.Text(want))
	}
	if len(s.Sent) != 0 {
		t.Fatalf("what can't be a pass was sent: %v", s.Sent)
	}
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.EnterSignIn{UserID: "ana@harbour.example", Pass: true}), &app.Error{Code: app.CodeWrongPass, Field: "pass"}
	}
	uitest.Field(t, w, "pass.field").SetText("7q4m-xd0k 92tb")
	uitest.Tap(t, w, "page.next")
	uitest.MustSay(t, w, words.Text("error.pass_wrong"))
	if got := uitest.Field(t, w, "pass.field").Text(); got != "7q4m-xd0k 92tb" {
		t.Errorf("what was typed is gone: %q", got)
	}
	in, is := s.Sent[0].In.(app.SignInWithPass)
	if !is || in.UserID != "ana@harbour.example" || in.Pass.Reveal() != "7q4m-xd0k 92tb" {
		t.Errorf("sent %#v", s.Sent[0].In)
	}
	uitest.Tap(t, w, "pass.password")
	uitest.MustSay(t, w, words.Text("sign_in.heading"))
}

func TestAPassIsOfferedWhereItIsTaken(t *testing.T) {
	w := uitest.NewStage(t).At(uitest.FlowAt(1, app.EnterSignIn{}))
	if kit.Find(w.Root(), "sign_in.pass") != nil {
		t.Error("a pass is offered where none is taken")
	}
}

func TestAfterTheFirstPassword(t *testing.T) {
	s := uitest.NewStage(t)
	w := atSignIn(s)
	s.Session = app.Session{ID: "s1", Person: app.Person{Name: "Ines Varga"}, Due: app.DueOffer, ByPass: true}
	s.OnInput = func(app.Input) (app.Flow, error) {
		f := uitest.FlowAt(2, app.SignedIn{})
		f.Notice = &app.Notice{Code: app.NoticePasswordSet}
		return f, nil
	}
	uitest.Tap(t, w, "sign_in.pass")
	uitest.Field(t, w, "pass.field").SetText("7Q4M-XD0K-92TB")
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "choose")
	uitest.MustSay(t, w, words.Text("notice.password_set"))
	uitest.MustSay(t, w, words.Text("button.cancel")) // putting it off would lose the pass
	w.Go(shell.Route{Place: shell.PlaceNever})
	uitest.MustNotSay(t, w, "Signed in as Ines Varga")
	uitest.Tap(t, w, "page.home")
	uitest.Tap(t, w, "home.set_up")
	uitest.Tap(t, w, "page.cancel")
	uitest.MustBeAt(t, w, "home")
	if s.Closed != 1 {
		t.Errorf("closed %d times: a session by pass ends with its flow", s.Closed)
	}
}

func TestTheFlowOfAPassEndsItsSession(t *testing.T) {
	s := uitest.NewStage(t)
	s.Signed, s.Session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ines Varga"}, ByPass: true}
	done := uitest.FlowAt(1, app.Done{Facts: []app.Fact{app.FactRegistered}})
	done.Purpose = app.PurposeRegister
	s.OnStart = func(app.Start) (app.Flow, error) { return done, nil }
	w := s.OpenWindow()
	uitest.Tap(t, w, "home.set_up")
	uitest.MustBeAt(t, w, "done")
	uitest.MustNotSay(t, w, "Signed in as Ines Varga")
	if s.Closed != 1 {
		t.Errorf("closed %d times", s.Closed)
	}
}

func TestWhatIsDueDecidesTheWayOut(t *testing.T) {
	for _, c := range []struct {
		due    app.Due
		step   app.Step
		button string
		closed int
	}{
		{app.DueOffer, app.ChooseMethod{Enrol: true, Needed: 2}, "button.not_now", 0},
		{app.DueRegister, app.ChooseMethod{Enrol: true, Needed: 2}, "button.cancel", 1},
		{app.DueReconfirm, app.Reconfirm{Needed: 2, Gates: 2}, "button.not_now", 0},
		{app.DueRegister, app.Registered{Needed: 2}, "button.cancel", 0}, // nothing is due any more
	} {
		s := uitest.NewStage(t)
		s.Signed, s.Session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ana Ruiz"}, Due: c.due}
		s.OnStart = func(start app.Start) (app.Flow, error) {
			if start.Purpose != app.PurposeRegister {
				t.Errorf("%s leads to %s", c.due, start.Purpose)
			}
			f := uitest.FlowAt(1, c.step)
			f.Purpose = app.PurposeRegister
			return f, nil
		}
		w := s.OpenWindow()
		uitest.Tap(t, w, "home.set_up")
		uitest.MustSay(t, w, words.Text(c.button))
		if _, choosing := c.step.(app.ChooseMethod); choosing && c.due == app.DueRegister {
			uitest.MustSay(t, w, words.Text("choose.required"))
		}
		uitest.Tap(t, w, "page.cancel")
		uitest.MustBeAt(t, w, "home")
		if s.Closed != c.closed {
			t.Errorf("%s at %T: closed %d times, want %d", c.due, c.step, s.Closed, c.closed)
		}
	}
}

func TestReconfirm(t *testing.T) {
	s := uitest.NewStage(t)
	s.Signed, s.Session = true, app.Session{ID: "s1", Due: app.DueReconfirm}
	s.OnStart = func(start app.Start) (app.Flow, error) {
		f := uitest.FlowAt(1, app.Reconfirm{Needed: 2, Gates: 2, Have: []app.Credential{{ID: "c1", Kind: app.KindAuthApp}}})
		if start.Purpose == app.PurposeManage {
			f = uitest.FlowAt(1, app.SecurityInfo{Needed: 2})
		}
		f.Purpose, f.Places = start.Purpose, nil
		return f, nil
	}
	w := s.OpenWindow()
	uitest.Tap(t, w, "home.set_up")
	uitest.MustBeAt(t, w, "reconfirm")
	uitest.Tap(t, w, "reconfirm.change")
	uitest.MustBeAt(t, w, "info")
	uitest.Tap(t, w, "page.home")
	uitest.Tap(t, w, "home.set_up")
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.Done{Facts: []app.Fact{app.FactConfirmed}}), nil
	}
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "done")
	uitest.MustSay(t, w, words.Text("fact.confirmed"))
	if s.Sent[0].In != (app.Finish{}) {
		t.Errorf("sent %#v", s.Sent[0].In)
	}
}

func TestWhoNeedsAPassIsShownTheWay(t *testing.T) {
	s := uitest.NewStage(t)
	s.Signed, s.Session = true, app.Session{ID: "s1", Person: app.Person{UserID: "ana@harbour.example"}, Due: app.DueOffer}
	s.OnStart = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return uitest.FlowAt(1, app.EnterSignIn{Pass: true}), nil
		}
		return uitest.FlowAt(1, app.Blocked{Code: app.CodePassNeeded}), nil
	}
	w := s.OpenWindow()
	uitest.Tap(t, w, "home.set_up")
	uitest.MustSay(t, w, words.Text("blocked.pass_needed.title"))
	uitest.Tap(t, w, "blocked.pass")
	uitest.MustSay(t, w, words.Text("pass.heading"))
	if got := uitest.Field(t, w, "pass.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
}
