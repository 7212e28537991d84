package step_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// paste puts text into a field by the clipboard.
func paste(t *testing.T, w *shell.Window, key, text string) *kit.Field {
	t.Helper()
	f := uitest.Field(t, w, key)
	clipboard := test.NewClipboard()
	clipboard.SetContent(text)
	f.Entry().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	return f
}

// TestEveryMaskedFieldTakesOneLine: a line end that a paste brings is no part of a password or an answer, and two lines are not
// taken.
func TestEveryMaskedFieldTakesOneLine(t *testing.T) {
	for key, step := range map[string]app.Step{
		"sign_in.password": app.EnterSignIn{UserID: "ana"}, "password.new": app.NewPassword{}, "password.again": app.NewPassword{},
		"current.password": app.CurrentPassword{}, "answers.1": app.AnswerQuestions{Questions: catalogue()},
	} {
		w := uitest.NewStage(t).At(uitest.FlowAt(1, step))
		if f := paste(t, w, key, "violet-crane-tundra-58\r\n"); f.Text() != "violet-crane-tundra-58" || f.Error() != "" {
			t.Errorf("%s holds %q, and says %q", key, f.Text(), f.Error())
		}
		f := paste(t, w, key, "violet\ncrane")
		if f.Text() != "violet-crane-tundra-58" || f.Error() != words.Text("field.many_lines") {
			t.Errorf("%s holds %q, and says %q", key, f.Text(), f.Error())
		}
		if test.Type(f.Entry(), "x"); f.Error() != "" {
			t.Errorf("%s: the error stays while it is mended", key)
		}
	}
}

// TestASpaceAtAnEndIsSaid before the password is set, and not while it is still being typed.
func TestASpaceAtAnEndIsSaid(t *testing.T) {
	w := uitest.NewStage(t).At(uitest.FlowAt(1, app.NewPassword{Rules: app.PasswordRules{MinLength: 15}}))
	said := words.Text("password.space")
	test.Type(uitest.Field(t, w, "password.new").Entry(), "copper lantern quietly ")
	uitest.MustNotSay(t, w, said)
	test.Type(uitest.Field(t, w, "password.again").Entry(), "c")
	uitest.MustSay(t, w, said)
	uitest.Field(t, w, "password.new").SetText("copper lantern quietly")
	uitest.MustNotSay(t, w, said)
	uitest.Field(t, w, "password.new").SetText("\u00a0copper lantern quietly")
	uitest.MustSay(t, w, said)
}

// TestTheTwoAreTheSameHoweverTheirLettersAreMade: the backend sets one form of both.
func TestTheTwoAreTheSameHoweverTheirLettersAreMade(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.NewPassword{Rules: app.PasswordRules{MinLength: 15}}))
	uitest.Field(t, w, "password.new").SetText("cre\u0300me lantern quietly")
	uitest.Field(t, w, "password.again").SetText("creme lantern quietly")
	uitest.Tap(t, w, "page.next")
	if got := uitest.Field(t, w, "password.again").Error(); got != words.Text("password.mismatch") || len(s.Sent) > 0 {
		t.Errorf("another password: %q, %d were sent", got, len(s.Sent))
	}
	uitest.Field(t, w, "password.again").SetText("cr\u00e8me lantern quietly")
	uitest.Tap(t, w, "page.next")
	if len(s.Sent) != 1 {
		t.Errorf("%d were sent; beside the field stands %q", len(s.Sent), uitest.Field(t, w, "password.again").Error())
	}
}

// TestIdentifiersAreSentAsTheyAreShown, cleaned of what a paste brings along; what a user ID may hold, the directory says.
func TestIdentifiersAreSentAsTheyAreShown(t *testing.T) {
	for _, c := range []struct {
		key, typed, shown string
		step              app.Step
		sent              app.Input
	}{
		{"user_id.field", "\u200bana@harbour.example\u00a0", "ana@harbour.example", app.EnterUserID{}, app.GiveUserID{UserID: "ana@harbour.example"}},
		{"user_id.field", " ana maria ", "ana maria", app.EnterUserID{}, app.GiveUserID{UserID: "ana maria"}},
		{"user_id.field", `HARBOUR\ana`, `HARBOUR\ana`, app.EnterUserID{}, app.GiveUserID{UserID: `HARBOUR\ana`}},
		{"address.field", "\u200bana@letters.example", "ana@letters.example", app.EnterAddress{}, app.GiveAddress{Address: "ana@letters.example"}},
		{"address.field", "ana＠letters.example", "ana@letters.example", app.EnterAddress{}, app.GiveAddress{Address: "ana@letters.example"}},
		{"phone.field", "\u202a+44 20 7946 0000\u202c", "+44 20 7946 0000", app.EnterPhone{Channel: app.KindSMS}, app.GivePhone{Number: "+44 20 7946 0000"}},
	} {
		s := uitest.NewStage(t)
		w := s.At(uitest.FlowAt(1, c.step))
		uitest.Field(t, w, c.key).SetText(c.typed)
		uitest.Tap(t, w, "page.next")
		if len(s.Sent) != 1 || s.Sent[0].In != c.sent {
			t.Errorf("%q: sent %+v; beside it stands %q", c.typed, s.Sent, uitest.Field(t, w, c.key).Error())
		}
		if got := uitest.Field(t, w, c.key).Text(); got != c.shown {
			t.Errorf("%q is shown as %q", c.typed, got)
		}
	}
}

// TestARefusedAddressShowsWhy: a letter of another alphabet looks right, so it is named.
func TestARefusedAddressShowsWhy(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterAddress{}))
	uitest.Field(t, w, "address.field").SetText("\u0430na@letters.example") // Cyrillic
	uitest.Tap(t, w, "page.next")
	if got := uitest.Field(t, w, "address.field").Error(); got != words.Text("address.strange", words.Values{"char": "\u0430"}) || len(s.Sent) > 0 {
		t.Errorf("it says %q, and %d were sent", got, len(s.Sent))
	}
}

// TestAnAnswerOfTwoCharactersIsSent: what is long enough depends on the script, and the backend says.
func TestAnAnswerOfTwoCharactersIsSent(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.PickQuestions{Questions: catalogue()[:1], Choose: 1, MinLength: 3, MaxLength: 40}))
	uitest.Tap(t, w, "questions.pick."+catalogue()[0].ID)
	uitest.Tap(t, w, "page.next")
	uitest.Field(t, w, "answers.1").SetText("東京")
	uitest.Tap(t, w, "page.next")
	if len(s.Sent) != 1 {
		t.Errorf("%d were sent; beside it stands %q", len(s.Sent), uitest.Field(t, w, "answers.1").Error())
	}
}
