package ui

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// atSignIn opens the window at the sign-in page, where a pass is taken too.
func (s *stage) atSignIn() *Window {
	s.t.Helper()
	s.start = func(start app.Start) (app.Flow, error) {
		f := flowAt(1, app.EnterSignIn{UserID: "ana@harbour.example", Pass: true})
		if start.Purpose != app.PurposeSignIn {
			f = flowAt(1, app.ChooseMethod{Enrol: true, Needed: 2, Choices: []app.Choice{{Kind: app.KindAuthApp}}})
		}
		f.Purpose = start.Purpose
		return f, nil
	}
	w := s.open()
	tap(s.t, w, "home.set_up")
	mustBeAt(s.t, w, "sign_in")
	return w
}

func TestSignInWithAPass(t *testing.T) {
	s := newStage(t)
	w := s.atSignIn()
	tap(t, w, "sign_in.pass")
	mustSay(t, w, words.Text("pass.heading"))
	if got := field(t, w, "pass.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	for typed, want := range map[string]string{"": "pass.empty", "7Q4M": "error.pass_malformed"} {
		field(t, w, "pass.field").SetText(typed)
		tap(t, w, "page.next")
		mustSay(t, w, words.Text(want))
	}
	if len(s.sent) != 0 {
		t.Fatalf("what can't be a pass was sent: %v", s.sent)
	}
	s.answer = func(app.Input) (app.Flow, error) {
		return flowAt(2, app.EnterSignIn{UserID: "ana@harbour.example", Pass: true}), &app.Error{Code: app.CodeWrongPass, Field: "pass"}
	}
	field(t, w, "pass.field").SetText("7q4m-xd0k 92tb")
	tap(t, w, "page.next")
	mustSay(t, w, words.Text("error.pass_wrong"))
	if got := field(t, w, "pass.field").Text(); got != "7q4m-xd0k 92tb" {
		t.Errorf("what was typed is gone: %q", got)
	}
	in, is := s.sent[0].in.(app.SignInWithPass)
	if !is || in.UserID != "ana@harbour.example" || in.Pass.Reveal() != "7q4m-xd0k 92tb" {
		t.Errorf("sent %#v", s.sent[0].in)
	}
	tap(t, w, "pass.password")
	mustSay(t, w, words.Text("sign_in.heading"))
}

func TestAPassIsOfferedWhereItIsTaken(t *testing.T) {
	w := newStage(t).at(flowAt(1, app.EnterSignIn{}))
	if kit.Find(w.Root(), "sign_in.pass") != nil {
		t.Error("a pass is offered where none is taken")
	}
}

func TestAfterTheFirstPassword(t *testing.T) {
	s := newStage(t)
	w := s.atSignIn()
	s.session = app.Session{ID: "s1", Person: app.Person{Name: "Ines Varga"}, Due: app.DueOffer, ByPass: true}
	s.answer = func(app.Input) (app.Flow, error) {
		f := flowAt(2, app.SignedIn{})
		f.Notice = &app.Notice{Code: app.NoticePasswordSet}
		return f, nil
	}
	tap(t, w, "sign_in.pass")
	field(t, w, "pass.field").SetText("7Q4M-XD0K-92TB")
	tap(t, w, "page.next")
	mustBeAt(t, w, "choose")
	mustSay(t, w, words.Text("notice.password_set"))
	mustSay(t, w, words.Text("button.cancel")) // putting it off would lose the pass
	w.Go(Route{Place: PlaceNever})
	mustNotSay(t, w, "Signed in as Ines Varga")
	tap(t, w, "page.home")
	tap(t, w, "home.set_up")
	tap(t, w, "page.cancel")
	mustBeAt(t, w, "home")
	if s.closed != 1 {
		t.Errorf("closed %d times: a session by pass ends with its flow", s.closed)
	}
}

func TestTheFlowOfAPassEndsItsSession(t *testing.T) {
	s := newStage(t)
	s.signed, s.session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ines Varga"}, ByPass: true}
	done := flowAt(1, app.Done{Facts: []app.Fact{app.FactRegistered}})
	done.Purpose = app.PurposeRegister
	s.start = func(app.Start) (app.Flow, error) { return done, nil }
	w := s.open()
	tap(t, w, "home.set_up")
	mustBeAt(t, w, "done")
	mustNotSay(t, w, "Signed in as Ines Varga")
	if s.closed != 1 {
		t.Errorf("closed %d times", s.closed)
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
		s := newStage(t)
		s.signed, s.session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ana Ruiz"}, Due: c.due}
		s.start = func(start app.Start) (app.Flow, error) {
			if start.Purpose != app.PurposeRegister {
				t.Errorf("%s leads to %s", c.due, start.Purpose)
			}
			f := flowAt(1, c.step)
			f.Purpose = app.PurposeRegister
			return f, nil
		}
		w := s.open()
		tap(t, w, "home.set_up")
		mustSay(t, w, words.Text(c.button))
		if _, choosing := c.step.(app.ChooseMethod); choosing && c.due == app.DueRegister {
			mustSay(t, w, words.Text("choose.required"))
		}
		tap(t, w, "page.cancel")
		mustBeAt(t, w, "home")
		if s.closed != c.closed {
			t.Errorf("%s at %T: closed %d times, want %d", c.due, c.step, s.closed, c.closed)
		}
	}
}

func TestReconfirm(t *testing.T) {
	s := newStage(t)
	s.signed, s.session = true, app.Session{ID: "s1", Due: app.DueReconfirm}
	s.start = func(start app.Start) (app.Flow, error) {
		f := flowAt(1, app.Reconfirm{Needed: 2, Gates: 2, Have: []app.Credential{{ID: "c1", Kind: app.KindAuthApp}}})
		if start.Purpose == app.PurposeManage {
			f = flowAt(1, app.SecurityInfo{Needed: 2})
		}
		f.Purpose, f.Places = start.Purpose, nil
		return f, nil
	}
	w := s.open()
	tap(t, w, "home.set_up")
	mustBeAt(t, w, "reconfirm")
	tap(t, w, "reconfirm.change")
	mustBeAt(t, w, "info")
	tap(t, w, "page.home")
	tap(t, w, "home.set_up")
	s.answer = func(app.Input) (app.Flow, error) {
		return flowAt(2, app.Done{Facts: []app.Fact{app.FactConfirmed}}), nil
	}
	tap(t, w, "page.next")
	mustBeAt(t, w, "done")
	mustSay(t, w, words.Text("fact.confirmed"))
	if s.sent[0].in != (app.Finish{}) {
		t.Errorf("sent %#v", s.sent[0].in)
	}
}

func TestWhoNeedsAPassIsShownTheWay(t *testing.T) {
	s := newStage(t)
	s.signed, s.session = true, app.Session{ID: "s1", Person: app.Person{UserID: "ana@harbour.example"}, Due: app.DueOffer}
	s.start = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return flowAt(1, app.EnterSignIn{Pass: true}), nil
		}
		return flowAt(1, app.Blocked{Code: app.CodePassNeeded}), nil
	}
	w := s.open()
	tap(t, w, "home.set_up")
	mustSay(t, w, words.Text("blocked.pass_needed.title"))
	tap(t, w, "blocked.pass")
	mustSay(t, w, words.Text("pass.heading"))
	if got := field(t, w, "pass.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
}

func TestWhoNeverGotAPasswordHasTwoWays(t *testing.T) {
	s := newStage(t)
	s.start = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeReset {
			return flowAt(1, app.EnterUserID{}), nil
		}
		return flowAt(1, app.EnterSignIn{Pass: true}), nil
	}
	w := s.open()
	for row, page := range map[string]string{"never.pass": "sign_in", "never.contacts": "user_id"} {
		tap(t, w, "home.never")
		mustBeAt(t, w, "never")
		tap(t, w, row)
		mustBeAt(t, w, page)
		w.Home()
	}
}

func TestThePassOfTheTrialIsShownOnce(t *testing.T) {
	s := newStage(t)
	s.start = func(app.Start) (app.Flow, error) { return flowAt(1, app.EnterSignIn{Pass: true}), nil }
	var fails error
	w := s.open(func(o *Options) {
		o.Trial = s.trial()
		o.Trial.Pass = func(_ context.Context, userID string) (app.Pass, error) {
			s.guard("Pass")
			return app.Pass{
				Code: app.NewSecret("7Q4MXD0K92TB"), Person: app.Person{UserID: userID, Name: "Noor Haddad"}, First: true, Expires: s.now.Add(time.Hour),
			}, fails
		}
	})
	tap(t, w, "banner.try")
	if kit.Find(w.Root(), "try.registered.pass") != nil {
		t.Error("who has registered is offered a pass")
	}
	fails = &app.Error{Code: app.CodeUnavailable}
	tap(t, w, "try.never.pass")
	mustBeAt(t, w, "try")
	mustSay(t, w, words.Text("error.dependency_down"))
	fails = nil
	tap(t, w, "try.never.pass")
	mustBeAt(t, w, "given")
	mustSay(t, w, "7Q4M-XD0K-92TB")
	mustSay(t, w, "Good for 60:00")
	s.pass(2 * time.Second)
	mustSay(t, w, "Good for 59:58")
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		w.Window().Resize(size)
		kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
			if words, ok := o.(*canvas.Text); ok && words.Text != "" {
				uncut(t, w, "given", words)
			}
			return false
		})
	}
	tap(t, w, "given.copy")
	if got := w.Clipboard().Content(); got != "7Q4M-XD0K-92TB" {
		t.Errorf("copied %q", got)
	}
	tap(t, w, "page.next")
	mustSay(t, w, words.Text("pass.heading"))
	test.Type(field(t, w, "pass.field").Entry(), "7Q4M-XD0K-92TB")
	if got := field(t, w, "pass.user_id").Text(); got != "new@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
}
