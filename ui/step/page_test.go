package step_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestEachStepHasItsPage(t *testing.T) {
	for _, c := range steps() {
		s := uitest.NewStage(t)
		w := s.At(uitest.FlowAt(1, c.step))
		uitest.MustBeAt(t, w, c.page)
		uitest.MustSay(t, w, c.says)
		uitest.MustNotRepeat(t, w, "ext. 4400")
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

// TestWithoutTheKeyItTakesTwo: where a change asks for the key, the page of other ways and the first of them say so; a reset
// says nothing of it.
func TestWithoutTheKeyItTakesTwo(t *testing.T) {
	for _, c := range []struct {
		purpose app.Purpose
		keys    app.KeyDriver // nil: this computer can't use one, and offers the others at once
		lead    string
	}{
		{app.PurposeManage, &driver{}, "others.lead_two"}, {app.PurposeManage, nil, "others.lead_two"},
		{app.PurposeReset, &driver{}, "others.lead"}, {app.PurposeReset, nil, "others.lead"},
	} {
		s := uitest.NewStage(t)
		f := uitest.FlowAt(1, proving)
		f.Purpose, f.Others = c.purpose, []app.Choice{{Kind: app.KindAuthApp}, {Kind: app.KindSMS}}
		w := s.At(f, func(o *ui.Options) { o.Keys = c.keys })
		t.Cleanup(w.Close)
		if c.keys != nil {
			uitest.Tap(t, w, "page.another")
		}
		uitest.MustSay(t, w, words.Text(c.lead))
		next := uitest.FlowAt(2, app.EnterCode{Channel: app.KindSMS})
		next.Notice = &app.Notice{Code: app.NoticeTwoForKey, Kind: app.KindSecurityKey}
		s.OnInput = func(app.Input) (app.Flow, error) { return next, nil }
		uitest.Tap(t, w, "others.sms")
		uitest.MustSay(t, w, words.Text("notice.two_for_key"))
	}
}

// TestOneTelephoneIsOneWay: the page says how many ways count, not how many kinds there are.
func TestOneTelephoneIsOneWay(t *testing.T) {
	s := uitest.NewStage(t)
	f := uitest.FlowAt(1, app.SecurityInfo{Needed: 2, Missing: 1, Have: []app.Credential{{ID: "1", Kind: app.KindSMS}, {ID: "2", Kind: app.KindVoice}}})
	f.Purpose = app.PurposeManage
	w := s.At(f)
	uitest.MustSay(t, w, words.Plural("info.lead", 1, words.Values{"needed": 2}))
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
