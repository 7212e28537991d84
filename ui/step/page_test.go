package step_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
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
	"github.com/sparekey/sparekey/ui/uitest"
)

// steps are one of each kind, as full as they come, with what their page is called and what it says.
func steps() []struct {
	step app.Step
	page string
	says string
} {
	have := []app.Credential{
		{ID: "1", Kind: app.KindAuthApp, Added: uitest.ServerNoon().Add(-72 * time.Hour)},
		{ID: "2", Kind: app.KindEmail, Masked: "a•••@home.example", Added: uitest.ServerNoon(), LastUsed: uitest.ServerNoon()},
	}
	entered := app.Credential{ID: "3", Kind: app.KindSMS, Variant: "mobile", Masked: "+61 ••••••10", Added: uitest.ServerNoon(), Entered: true}
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
		{app.EnterCode{Channel: app.KindEmail, Masked: "a•••@home.example", Expires: uitest.ServerNoon().Add(277 * time.Second), ResendAt: uitest.ServerNoon().Add(22 * time.Second)},
			"code", "Valid for 4:37"},
		{app.EnterCode{Channel: app.KindAuthApp}, "code", "Type the code from your authenticator app"},
		{app.EnterPhone{Channel: app.KindSMS, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate}}, "phone", "Which number should get the text?"},
		{app.EnterPhone{Channel: app.KindVoice, Uses: []app.PhoneUse{app.PhoneMobile, app.PhoneAlternate, app.PhoneOffice}, Use: app.PhoneOffice}, "phone", "Extension, if there is one"},
		{app.EnterPhone{Channel: app.KindVoice, Confirm: true, Uses: []app.PhoneUse{app.PhoneOffice}}, "phone", "Type your office number in full"},
		{app.EnterPhone{Channel: app.KindSMS, Confirm: true}, "phone", "Type your phone number in full"},
		{app.EnterCode{Channel: app.KindVoice, Masked: "+44 ••••••00"}, "code", "The voice says the code twice, one digit after the other."},
		{app.ConfirmOnPhone{Digits: "42", Masked: "+44 ••••••00", TriesLeft: 5, Expires: uitest.ServerNoon().Add(277 * time.Second), ResendAt: uitest.ServerNoon().Add(22 * time.Second)},
			"call", "42"},
		{app.ConfirmOnPhone{Digits: "42", TriesLeft: 4, Expires: uitest.ServerNoon().Add(277 * time.Second), ResendAt: uitest.ServerNoon().Add(22 * time.Second), Over: true},
			"call", "Call again in 22 s"},
		{app.PickQuestions{Questions: catalogue(), Choose: 3, MinLength: 3, MaxLength: 40}, "pick_questions", "Next (0 of 3)"},
		{app.AnswerQuestions{Questions: catalogue()[:3], TriesLeft: 5}, "answer_questions", "Which ward did you work on first, before it was moved to the building by the water?"},
		{app.UseKey{Get: &app.KeyGet{}}, "key", "Security keys can't be used here"},
		{app.NewPassword{Rules: app.PasswordRules{MinLength: 15, MaxLength: 256, Forbidden: []string{"Ruiz"}, Banned: true, Common: true, Breached: true, History: 10}},
			"new_password", "Not one of your last 10 passwords (the directory checks this)"},
		{app.Confirming{Since: uitest.ServerNoon().Add(-40 * time.Second)}, "confirming", "Sent 40 s ago"},
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
		{app.Blocked{Code: app.CodeRecovery, Until: uitest.ServerNoon().Add(21*time.Hour + 10*time.Minute)}, "blocked", "You can try again tomorrow at 9:10."},
		{app.Blocked{Code: app.CodeUnknown}, "blocked", "Support code H7K2-9QWD"},
		{app.RequestSent{Receipt: "R-4821"}, "request_sent", "R-4821"},
		{app.Done{Facts: []app.Fact{app.FactPasswordSet, app.FactUnlocked, app.FactSignedOut, app.FactTold}}, "done", "You were signed out everywhere else"},
	}
}

// account is what is registered, with a default and with one that cools off.
func account(have []app.Credential) []app.Credential {
	have = slices.Clone(have)
	have[0].Default = true
	have[1].UsableAt = uitest.ServerNoon().Add(21*time.Hour + 10*time.Minute)
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
		s := uitest.NewStage(t)
		w := s.At(uitest.FlowAt(1, c.step))
		uitest.MustBeAt(t, w, c.page)
		uitest.MustSay(t, w, c.says)
	}
}

// TestNoStepIsForgotten holds the table above against the steps that there are. Having signed in opens a session, and
// has no page.
func TestNoStepIsForgotten(t *testing.T) {
	have := map[string]bool{"SignedIn": true}
	for _, c := range steps() {
		have[reflect.TypeOf(c.step).Name()] = true
	}
	names, err := filepath.Glob("../../app/*.go")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Recv != nil && f.Name.Name == "step" {
				count++
				if kind := f.Recv.List[0].Type.(*ast.Ident).Name; !have[kind] {
					t.Errorf("the tests know no page for %s", kind)
				}
			}
		}
	}
	if count != len(have) {
		t.Errorf("%d steps, of which the tests know %d", count, len(have))
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
			s := uitest.NewStage(t)
			w := s.At(everything(uitest.FlowAt(1, c.step)))
			w.Window().Resize(size)
			kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
				if words, ok := o.(*canvas.Text); ok && words.Text != "" {
					uitest.MustNotCut(t, w, c.page, words)
				}
				return false
			})
		}
	}
}

func TestNoticeStandsAboveTheBody(t *testing.T) {
	f := uitest.FlowAt(1, app.ChooseMethod{Gates: 2, Gate: 2})
	f.Notice = &app.Notice{Code: app.NoticeGatePassed, Kind: app.KindAuthApp}
	w := uitest.NewStage(t).At(f)
	uitest.MustSay(t, w, words.Text("notice.gate_passed"))
	f.Now = app.NewPassword{Rules: app.PasswordRules{MinLength: 15}}
	w = uitest.NewStage(t).At(f)
	uitest.MustNotSay(t, w, words.Text("notice.gate_passed"))
}

func TestWaitShowsLifeThenWordsThenAWayOut(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterUserID{UserID: "ana"}))
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.NewPassword{}), nil }
	s.Hold = true
	uitest.Tap(t, w, "page.next")
	next := kit.Find(w.Root(), "page.next").(*kit.Button)
	if next.Busy() {
		t.Error("life is shown before 100 ms")
	}
	s.Pass(100 * time.Millisecond)
	if !next.Busy() {
		t.Error("no life after 100 ms")
	}
	uitest.Tap(t, w, "page.next")
	if len(s.Held) != 1 {
		t.Errorf("a second tap began %d tasks", len(s.Held))
	}
	s.Pass(1900 * time.Millisecond)
	uitest.MustSay(t, w, words.Text("wait.user_id"))
	s.Pass(8 * time.Second)
	uitest.MustSay(t, w, words.Text("wait.user_id")+" "+words.Text("wait.long"))
	uitest.Tap(t, w, "page.stop_waiting")
	if next.Busy() || w.Busy() {
		t.Error("the page waits still")
	}
	s.Release()
	uitest.MustBeAt(t, w, "user_id")
	uitest.Tap(t, w, "page.next")
	if len(s.Sent) != 2 || s.Sent[0].Key != s.Sent[1].Key {
		t.Error("what was given up and sent again carries another key")
	}
}

func TestLeavingAPageCancelsWhatItWaitsFor(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterUserID{UserID: "ana"}))
	var seen context.Context
	s.Hold = true
	w.Wait("wait.other", func(ctx context.Context) func() {
		seen = ctx
		return func() { t.Error("an answer came to a page that was left") }
	})
	w.Home()
	s.Release()
	if seen.Err() == nil {
		t.Error("the context lives on")
	}
	uitest.MustBeAt(t, w, "home")
}

func TestCopiedKeyLeavesTheClipboard(t *testing.T) {
	for _, other := range []string{"", "something else"} {
		s := uitest.NewStage(t)
		w := s.At(uitest.FlowAt(1, app.ShowSecret{Groups: []app.Secret{app.NewSecret("JBSW"), app.NewSecret("Y3DP")}}))
		uitest.Tap(t, w, "secret.copy")
		clipboard := w.Clipboard()
		if got := clipboard.Content(); got != "JBSWY3DP" {
			t.Fatalf("copied %q", got)
		}
		if other != "" {
			clipboard.SetContent(other)
		}
		w.Home()
		s.Pass(30 * time.Second)
		if got := clipboard.Content(); got != other {
			t.Errorf("after 30 s the clipboard holds %q, want %q", got, other)
		}
	}
}

func TestNewPasswordIsJudgedAsItIsTyped(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.NewPassword{Rules: app.PasswordRules{MinLength: 15, MaxLength: 256}}))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.NewPassword{Rules: app.PasswordRules{MinLength: 15, MaxLength: 256}}),
			&app.Error{Code: app.CodeDirectory, Field: "password", Params: map[string]string{"rule": "history"}}
	}
	uitest.MustSay(t, w, "At least 15 characters")
	test.Type(uitest.Field(t, w, "password.new").Entry(), "copper lantern quietly")
	uitest.MustSay(t, w, words.Text("strength.4"))
	test.Type(uitest.Field(t, w, "password.again").Entry(), "copper lantern")
	uitest.Tap(t, w, "page.next")
	if got := uitest.Field(t, w, "password.again").Error(); got != words.Text("password.mismatch") {
		t.Errorf("beside the second stands %q", got)
	}
	test.Type(uitest.Field(t, w, "password.again").Entry(), " quietly")
	uitest.Tap(t, w, "page.next")
	if got := uitest.Field(t, w, "password.new").Error(); !strings.Contains(got, "old password") {
		t.Errorf("the directory's refusal is said %q", got)
	}
	if uitest.Field(t, w, "password.new").Text() != "copper lantern quietly" {
		t.Error("what was typed is lost")
	}
	new := uitest.Field(t, w, "password.new")
	w.Home()
	if new.Text() != "" {
		t.Error("the password stays in a page that was left")
	}
}

func TestSeveralOtherWaysAreChosenFromAPage(t *testing.T) {
	s := uitest.NewStage(t)
	f := uitest.FlowAt(1, app.EnterCode{Channel: app.KindEmail})
	f.Others = []app.Choice{{Kind: app.KindAuthApp}, {Kind: app.KindSMS}}
	w := s.At(f)
	uitest.Tap(t, w, "page.another")
	uitest.MustBeAt(t, w, "others")
	uitest.Tap(t, w, "page.back")
	uitest.MustBeAt(t, w, "code")
	uitest.Tap(t, w, "page.another")
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.EnterCode{Channel: app.KindSMS}), nil }
	uitest.Tap(t, w, "others.sms")
	if s.Sent[0].In != (app.Choose{Kind: app.KindSMS}) {
		t.Errorf("%v was sent", s.Sent[0].In)
	}
	uitest.MustBeAt(t, w, "code")
}

func TestAskingAnAdministratorGivesAReceipt(t *testing.T) {
	s := uitest.NewStage(t)
	f := uitest.FlowAt(1, app.Blocked{Code: app.CodeNotEnabled})
	f.Contact = true
	w := s.At(f)
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.RequestSent{Receipt: "R-4821"}), nil }
	uitest.Tap(t, w, "page.contact")
	if s.Sent[0].In != (app.ContactAdmin{}) {
		t.Fatalf("%v was sent", s.Sent[0].In)
	}
	uitest.Tap(t, w, "request.copy")
	if got := w.Clipboard().Content(); got != "R-4821" {
		t.Errorf("copied %q", got)
	}
}
