package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// steps are one of each kind, as full as they come, with what their page is called and what it says.
func steps() []struct {
	step app.Step
	page string
	says string
} {
	have := []app.Credential{
		{ID: "1", Kind: app.KindAuthApp, Added: serverNoon().Add(-72 * time.Hour)},
		{ID: "2", Kind: app.KindEmail, Masked: "a•••@home.example", Added: serverNoon(), LastUsed: serverNoon()},
	}
	entered := app.Credential{ID: "3", Kind: app.KindSMS, Variant: "mobile", Masked: "+61 ••••••10", Added: serverNoon(), Entered: true}
	both := []app.Choice{{Kind: app.KindAuthApp, Recommended: true}, {Kind: app.KindEmail}}
	groups := []app.Secret{app.NewSecret("JBSW"), app.NewSecret("Y3DP"), app.NewSecret("EHPK"), app.NewSecret("3PXP"), app.NewSecret("KRSX")}
	return []struct {
		step app.Step
		page string
		says string
	}{
		{app.EnterSignIn{UserID: "ana", Pass: true}, "sign_in", "I have a pass"},
		{app.EnterUserID{}, "user_id", "Who are you?"},
		{app.ProveWork{Salt: []byte("0123456789abcdef"), Memory: 8, Passes: 1, Bits: 1}, "work", "One moment"},
		{app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked, app.ReasonNever}}, "triage", "I never got a password"},
		{app.ChooseMethod{Enrol: true, Choices: both, Needed: 2, Missing: 2}, "choose", "Two are needed to get back in. One more is for a lost phone."},
		{app.ChooseMethod{Enrol: true, Choices: both[1:], Needed: 2, Missing: 1, Have: have[:1]}, "choose", "One more is needed to get back in later."},
		{app.ChooseMethod{Enrol: true, Choices: both[1:], Needed: 2, Have: []app.Credential{{Kind: app.KindSecurityKey}}}, "choose", "You have enough. One more means that a lost phone is no disaster."},
		{app.ChooseMethod{Choices: both, Gates: 2, Gate: 1}, "choose", "Step 1 of 2. Choose what you have at hand."},
		{app.ShowSecret{URI: app.NewSecret("otpauth://totp/x"), Groups: groups, Account: "ana@harbour.example"}, "secret", "JBSW Y3DP EHPK 3PXP"},
		{app.EnterAddress{OwnDomains: []string{"harbour.example", "harbour.test"}}, "address",
			"An address at harbour.example and harbour.test can't serve: reading it takes your work password."},
		{app.EnterAddress{Confirm: true}, "address", "Type your private email in full"},
		{app.EnterCode{Channel: app.KindEmail, Masked: "a•••@home.example", Expires: serverNoon().Add(277 * time.Second), ResendAt: serverNoon().Add(22 * time.Second)},
			"code", "Valid for 4:37"},
		{app.EnterCode{Channel: app.KindAuthApp}, "code", "Type the code from your authenticator app"},
		{app.EnterPhone{Channel: app.KindSMS, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate}}, "phone", "Which number should get the text?"},
		{app.EnterPhone{Channel: app.KindVoice, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate, app.PhoneOffice}, Use: app.PhoneOffice}, "phone", "Extension, if there is one"},
		{app.EnterPhone{Channel: app.KindVoice, Confirm: true, Uses: []app.PhoneUse{app.PhoneOffice}}, "phone", "Type your office number in full"},
		{app.EnterPhone{Channel: app.KindSMS, Confirm: true}, "phone", "Type your phone number in full"},
		{app.EnterCode{Channel: app.KindVoice, Masked: "+44 ••••••00"}, "code", "The voice says the code twice, one digit after the other."},
		{app.ConfirmOnPhone{Digits: "42", Masked: "+44 ••••••00", TriesLeft: 5, Expires: serverNoon().Add(277 * time.Second), ResendAt: serverNoon().Add(22 * time.Second)},
			"call", "42"},
		{app.ConfirmOnPhone{Digits: "42", TriesLeft: 4, Expires: serverNoon().Add(277 * time.Second), ResendAt: serverNoon().Add(22 * time.Second), Over: true},
			"call", "Call again in 22 s"},
		{app.PickQuestions{Questions: catalogue(), Choose: 3, MinLength: 3, MaxLength: 40}, "pick_questions", "Next (0 of 3)"},
		{app.AnswerQuestions{Questions: catalogue()[:3], TriesLeft: 5}, "answer_questions", "Which ward did you work on first, before it was moved to the building by the water?"},
		{app.UseKey{Get: &app.KeyGet{}}, "key", "Security keys can't be used here"},
		{app.NewPassword{Rules: app.PasswordRules{MinLength: 15, MaxLength: 256, Forbidden: []string{"Ruiz"}, Banned: true, Common: true, Breached: true, History: 10}},
			"new_password", "Not one of your last 10 passwords (the directory checks this)"},
		{app.Confirming{Since: serverNoon().Add(-40 * time.Second)}, "confirming", "Sent 40 s ago"},
		{app.Registered{Have: have, Needed: 2, More: both, Recommend: true}, "registered", "Two ways: enough to reset your password."},
		{app.Registered{Have: have[1:], Needed: 2}, "registered", "a•••@home.example · Added today, used today"},
		{app.Registered{Have: have[1:], Needed: 2}, "registered", "1 way: enough to reset your password."},
		{app.Registered{Have: have[1:], Needed: 2, Missing: 1}, "registered", "1 way so far. A reset needs 2."},
		{app.SecurityInfo{Have: have[1:], Needed: 2}, "info", "1 way: enough to reset your password."},
		{app.Reconfirm{Have: have, Needed: 2, Gates: 2}, "reconfirm", "Is this still right?"},
		{app.CurrentPassword{}, "current", "The one that you have. You keep it, and the lock is lifted."},
		{app.SecurityInfo{Have: account(have), Needed: 2, More: both, Recommend: true}, "info", "You have 2 ways. A reset needs 2."},
		{app.SecurityInfo{Have: account(have), Needed: 2}, "info",
			"a•••@home.example · Added today, used today · can be used for a reset tomorrow at 9:10"},
		{app.ConfirmDelete{Credential: have[1], Left: 1, Needed: 2}, "delete", "This can't be undone. You can set it up again later."},
		{app.Revealed{Credential: have[1], Value: app.NewSecret("ana.ruiz@home.example")}, "revealed", "ana.ruiz@home.example"},
		{app.ChooseUnlock{}, "unlock", "I know my password: unlock only"},
		{app.SecurityInfo{Have: append(slices.Clone(have), entered), Needed: 2, More: both}, "info",
			"Mobile · +61 ••••••10 · Entered by your organisation today, not confirmed yet"},
		{app.Done{Facts: []app.Fact{app.FactFirstPassword, app.FactContacts, app.FactTold}}, "done", "You have your first password"},
		{app.Done{Facts: []app.Fact{app.FactUnlocked, app.FactTold}}, "done", "Your password is still the same."},
		{app.Blocked{Code: app.CodeNoWayYet}, "blocked", "There is no way to check who you are yet"},
		{app.Blocked{Code: app.CodeNotManaged}, "blocked", "Contact your administrator"},
		{app.Blocked{Code: app.CodeNotEnabled}, "blocked", "Your account is not enabled for password reset"},
		{app.Blocked{Code: app.CodeNotVerified}, "blocked", "We could not verify your account"},
		{app.Blocked{Code: app.CodeRecovery, Until: serverNoon().Add(21*time.Hour + 10*time.Minute)}, "blocked", "You can try again tomorrow at 9:10."},
		{app.Blocked{Code: app.CodeUnknown}, "blocked", "Support code H7K2-9QWD"},
		{app.RequestSent{Receipt: "R-4821"}, "request_sent", "R-4821"},
		{app.Done{Facts: []app.Fact{app.FactPasswordSet, app.FactUnlocked, app.FactSignedOut, app.FactTold}}, "done", "You were signed out everywhere else"},
	}
}

// account is what is registered, with a default and with one that cools off.
func account(have []app.Credential) []app.Credential {
	have = slices.Clone(have)
	have[0].Default = true
	have[1].UsableAt = serverNoon().Add(21*time.Hour + 10*time.Minute)
	return have
}

// catalogue is one question of the administrator's and all predefined ones.
func catalogue() []app.Question {
	all := []app.Question{{ID: "own_1", Texts: map[string]string{"": "Which ward did you work on first, before it was moved to the building by the water?"}}}
	for _, id := range assets.Questions() {
		all = append(all, app.Question{ID: id})
	}
	return all
}

func TestEachStepHasItsPage(t *testing.T) {
	for _, c := range steps() {
		s := newStage(t)
		w := s.at(flowAt(1, c.step))
		mustBeAt(t, w, c.page)
		mustSay(t, w, c.says)
	}
}

func TestNoTextIsCutAtAnySize(t *testing.T) {
	everything := func(f app.Flow) app.Flow {
		f.CanBack, f.Contact = true, true
		f.Others = []app.Choice{{Kind: app.KindEmail}}
		f.Notice = &app.Notice{Code: app.NoticeGatePassed, Kind: app.KindAuthApp}
		return f
	}
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		for _, c := range steps() {
			s := newStage(t)
			w := s.at(everything(flowAt(1, c.step)))
			w.Window().Resize(size)
			kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
				if words, ok := o.(*canvas.Text); ok && words.Text != "" {
					uncut(t, w, c.page, words)
				}
				return false
			})
		}
	}
}

// uncut reports a text that is wider than what it has, or that reaches out of the window.
func uncut(t *testing.T, w *Window, page string, words *canvas.Text) {
	t.Helper()
	right := fyne.CurrentApp().Driver().AbsolutePositionForObject(words).X + words.MinSize().Width
	if words.MinSize().Width > words.Size().Width+1 || right > w.Window().Canvas().Size().Width+1 {
		t.Errorf("at %v page %q cuts %q: it is %v wide, has %v, ends at %v",
			w.Window().Canvas().Size(), page, words.Text, words.MinSize().Width, words.Size().Width, right)
	}
}

func TestNoticeStandsAboveTheBody(t *testing.T) {
	f := flowAt(1, app.ChooseMethod{Gates: 2, Gate: 2})
	f.Notice = &app.Notice{Code: app.NoticeGatePassed, Kind: app.KindAuthApp}
	w := newStage(t).at(f)
	mustSay(t, w, words.Text("notice.gate_passed"))
	f.Now = app.NewPassword{Rules: app.PasswordRules{MinLength: 15}}
	w = newStage(t).at(f)
	mustNotSay(t, w, words.Text("notice.gate_passed"))
}

func TestHomeWithoutResetSaysWhy(t *testing.T) {
	s := newStage(t)
	s.org.Reset = false
	w := s.open()
	mustBeAt(t, w, "home")
	if kit.Find(w.Root(), "home.forgot") != nil || kit.Find(w.Root(), "home.locked") != nil {
		t.Error("a reset is offered where it is turned off")
	}
	mustSay(t, w, "Forgot your password? Your administrator hasn't turned on password reset here. If that looks wrong, contact the IT help desk.")
}

func TestWaitShowsLifeThenWordsThenAWayOut(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterUserID{UserID: "ana"}))
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(2, app.NewPassword{}), nil }
	s.hold = true
	tap(t, w, "page.next")
	next := kit.Find(w.Root(), "page.next").(*kit.Button)
	if next.Busy() {
		t.Error("life is shown before 100 ms")
	}
	s.pass(100 * time.Millisecond)
	if !next.Busy() {
		t.Error("no life after 100 ms")
	}
	tap(t, w, "page.next")
	if len(s.held) != 1 {
		t.Errorf("a second tap began %d tasks", len(s.held))
	}
	s.pass(1900 * time.Millisecond)
	mustSay(t, w, words.Text("wait.user_id"))
	s.pass(8 * time.Second)
	mustSay(t, w, words.Text("wait.user_id")+" "+words.Text("wait.long"))
	tap(t, w, "page.stop_waiting")
	if next.Busy() || w.Busy() {
		t.Error("the page waits still")
	}
	s.release()
	mustBeAt(t, w, "user_id")
	tap(t, w, "page.next")
	if len(s.sent) != 2 || s.sent[0].key != s.sent[1].key {
		t.Error("what was given up and sent again carries another key")
	}
}

func TestLeavingAPageCancelsWhatItWaitsFor(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterUserID{UserID: "ana"}))
	var seen context.Context
	s.hold = true
	w.Wait("wait.other", func(ctx context.Context) func() {
		seen = ctx
		return func() { t.Error("an answer came to a page that was left") }
	})
	w.Home()
	s.release()
	if seen.Err() == nil {
		t.Error("the context lives on")
	}
	mustBeAt(t, w, "home")
}

func TestCopiedKeyLeavesTheClipboard(t *testing.T) {
	for _, other := range []string{"", "something else"} {
		s := newStage(t)
		w := s.at(flowAt(1, app.ShowSecret{Groups: []app.Secret{app.NewSecret("JBSW"), app.NewSecret("Y3DP")}}))
		tap(t, w, "secret.copy")
		clipboard := w.Clipboard()
		if got := clipboard.Content(); got != "JBSWY3DP" {
			t.Fatalf("copied %q", got)
		}
		if other != "" {
			clipboard.SetContent(other)
		}
		w.Home()
		s.pass(30 * time.Second)
		if got := clipboard.Content(); got != other {
			t.Errorf("after 30 s the clipboard holds %q, want %q", got, other)
		}
	}
}

func TestNewPasswordIsJudgedAsItIsTyped(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.NewPassword{Rules: app.PasswordRules{MinLength: 15, MaxLength: 256}}))
	s.answer = func(app.Input) (app.Flow, error) {
		return flowAt(2, app.NewPassword{Rules: app.PasswordRules{MinLength: 15, MaxLength: 256}}),
			&app.Error{Code: app.CodeDirectory, Field: "password", Params: map[string]string{"rule": "history"}}
	}
	mustSay(t, w, "At least 15 characters")
	test.Type(field(t, w, "password.new").Entry(), "copper lantern quietly")
	mustSay(t, w, words.Text("strength.4"))
	test.Type(field(t, w, "password.again").Entry(), "copper lantern")
	tap(t, w, "page.next")
	if got := field(t, w, "password.again").Error(); got != words.Text("password.mismatch") {
		t.Errorf("beside the second stands %q", got)
	}
	test.Type(field(t, w, "password.again").Entry(), " quietly")
	tap(t, w, "page.next")
	if got := field(t, w, "password.new").Error(); !strings.Contains(got, "old password") {
		t.Errorf("the directory's refusal is said %q", got)
	}
	if field(t, w, "password.new").Text() != "copper lantern quietly" {
		t.Error("what was typed is lost")
	}
	new := field(t, w, "password.new")
	w.Home()
	if new.Text() != "" {
		t.Error("the password stays in a page that was left")
	}
}

func TestSeveralOtherWaysAreChosenFromAPage(t *testing.T) {
	s := newStage(t)
	f := flowAt(1, app.EnterCode{Channel: app.KindEmail})
	f.Others = []app.Choice{{Kind: app.KindAuthApp}, {Kind: app.KindSMS}}
	w := s.at(f)
	tap(t, w, "page.another")
	mustBeAt(t, w, "others")
	tap(t, w, "page.back")
	mustBeAt(t, w, "code")
	tap(t, w, "page.another")
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(2, app.EnterCode{Channel: app.KindSMS}), nil }
	tap(t, w, "others.sms")
	if s.sent[0].in != (app.Choose{Kind: app.KindSMS}) {
		t.Errorf("%v was sent", s.sent[0].in)
	}
	mustBeAt(t, w, "code")
}

func TestAskingAnAdministratorGivesAReceipt(t *testing.T) {
	s := newStage(t)
	f := flowAt(1, app.Blocked{Code: app.CodeNotEnabled})
	f.Contact = true
	w := s.at(f)
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(2, app.RequestSent{Receipt: "R-4821"}), nil }
	tap(t, w, "page.contact")
	if s.sent[0].in != (app.ContactAdmin{}) {
		t.Fatalf("%v was sent", s.sent[0].in)
	}
	tap(t, w, "request.copy")
	if got := w.Clipboard().Content(); got != "R-4821" {
		t.Errorf("copied %q", got)
	}
}

func TestServicesCalledOnTheUIThreadAreNoticed(t *testing.T) {
	s := newStage(&testing.T{})
	if _, err := s.Organisation(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !s.t.Failed() {
		t.Error("the guard let a call on the UI thread pass")
	}
}

func TestLoadingFailureOffersToTryAgain(t *testing.T) {
	s := newStage(t)
	s.orgErr = &app.Error{Code: app.CodeOffline}
	w := s.open()
	mustBeAt(t, w, "loading")
	mustSay(t, w, words.Text("loading.failed"))
	s.orgErr = nil
	tap(t, w, "page.retry")
	mustBeAt(t, w, "home")
}
