package step_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/uitest"
)

// TestAPastedMessageIsSentByItsReaderAlone pastes whole messages where a code is wanted: what was read out of one waits for
// Enter, and what can't be read for sure stays out.
func TestAPastedMessageIsSentByItsReaderAlone(t *testing.T) {
	for _, step := range []app.Step{app.EnterCode{Channel: app.KindSMS}, app.ShowSecret{}} {
		s := uitest.NewStage(t)
		w := s.At(uitest.FlowAt(1, step))
		cells := uitest.Cells(t, w)
		paste := func(text string) {
			w.Clipboard().SetContent(text)
			cells.TypedShortcut(&fyne.ShortcutPaste{})
		}
		paste("Valid for 5 minutes.")
		uitest.MustSay(t, w, words.Text("code.pasted_none"))
		paste("Old 111222, new 333444")
		uitest.MustSay(t, w, words.Text("code.pasted_several"))
		paste("Clinic 24: 675293 is your code. Valid for 5 minutes.")
		uitest.MustNotSay(t, w, words.Text("code.pasted_several"))
		if len(s.Sent) != 0 {
			t.Fatalf("%d codes were sent unasked", len(s.Sent))
		}
		cells.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if len(s.Sent) != 1 || s.Sent[0].In.(app.GiveCode).Digits.Reveal() != "675293" {
			t.Errorf("sent: %v", s.Sent)
		}
		paste("675 293\r\n")
		if len(s.Sent) != 2 {
			t.Error("a code that was pasted alone did not send itself")
		}
	}
}

// TestAWrongAppCodeSpeaksOfTheClock where an app computes codes by its own clock, and nowhere else.
func TestAWrongAppCodeSpeaksOfTheClock(t *testing.T) {
	for _, tt := range []struct {
		step app.Step
		key  string
	}{
		{app.EnterCode{Channel: app.KindAuthApp}, "error.code_wrong_app"},
		{app.ShowSecret{}, "error.code_wrong_app"},
		{app.EnterCode{Channel: app.KindEmail}, "error.code_wrong"},
	} {
		s := uitest.NewStage(t)
		w := s.At(uitest.FlowAt(1, tt.step))
		s.OnInput = func(app.Input) (app.Flow, error) {
			return uitest.FlowAt(2, tt.step), &app.Error{Code: app.CodeWrongCode, Field: "code", TriesLeft: 3}
		}
		w.Clipboard().SetContent("675293")
		uitest.Cells(t, w).TypedShortcut(&fyne.ShortcutPaste{})
		uitest.MustSay(t, w, words.Plural(tt.key, 3))
	}
}

func TestAClockThatIsOffIsSaidWithWhatToSet(t *testing.T) {
	for seconds, said := range map[string]string{"90": "about 90 seconds", "240": "about 4 minutes"} {
		for _, side := range []string{"ahead", "behind"} {
			s := uitest.NewStage(t)
			w := s.At(uitest.FlowAt(1, app.ShowSecret{}))
			s.OnInput = func(app.Input) (app.Flow, error) {
				return uitest.FlowAt(2, app.ShowSecret{}), &app.Error{Code: app.CodeClock, Field: "code",
					Params: map[string]string{"side": side, "seconds": seconds}}
			}
			w.Clipboard().SetContent("675293")
			cells := uitest.Cells(t, w)
			cells.TypedShortcut(&fyne.ShortcutPaste{})
			uitest.MustSay(t, w, words.Text("error.code_clock_"+side, words.Values{"off": said}))
			if cells.Text() != "" {
				t.Error("a code that is over stays in the cells")
			}
		}
	}
}
