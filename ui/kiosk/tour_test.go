package kiosk_test

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kiosk"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

// picturesIn names the folder for pictures of the tour; without it the pages are only looked at. scripts/kiosk-tour sets it.
const picturesIn = "SPAREKEY_KIOSK_PICTURES"

// The screens and the looks of the tour.
var (
	screens = []struct {
		name string
		size fyne.Size
	}{{"wide", fyne.NewSize(1920, 1080)}, {"touch", fyne.NewSize(1024, 768)}, {"portrait", fyne.NewSize(1080, 1920)}}
	appearances = []string{"light", "dark", "contrast"}
)

// story is a page of the tour.
type story struct {
	name string
	step app.Step // of a reset; nil: the page is told by do
	do   func(t *testing.T, s *uitest.Stage, k *kiosk.Kiosk)
}

func stories() []story {
	sent := uitest.ServerNoon().Add(277 * time.Second)
	both := []app.Choice{{Kind: app.KindAuthApp, Recommended: true}, {Kind: app.KindSMS}, {Kind: app.KindEmail}, {Kind: app.KindSecurityKey}}
	return []story{
		{name: "first"},
		{name: "first-key-left", do: func(t *testing.T, s *uitest.Stage, k *kiosk.Kiosk) { kiosk.Plug(k, []app.KeyInfo{{ID: "1"}}) }},
		{name: "first-away", do: func(t *testing.T, s *uitest.Stage, k *kiosk.Kiosk) {
			s.OrgErr = &app.Error{Code: app.CodeOffline, Params: map[string]string{"reason": "refused", "server": "reset.example.org"}}
			k.Window().Home()
		}},
		{name: "help", do: func(t *testing.T, s *uitest.Stage, k *kiosk.Kiosk) { uitest.Tap(t, k.Window(), "kiosk.help") }},
		{name: "user-id", step: app.EnterUserID{}},
		{name: "choose", step: app.ChooseMethod{Choices: both, Gates: 2, Gate: 1}},
		{name: "phone", step: app.EnterPhone{Channel: app.KindSMS, Confirm: true}},
		{name: "code", step: app.EnterCode{Channel: app.KindEmail, Masked: "a•••@home.example", Expires: sent, ResendAt: uitest.ServerNoon().Add(22 * time.Second)}},
		{name: "call", step: app.ConfirmOnPhone{Digits: "42", Masked: "+44 ••••••00", TriesLeft: 5, Expires: sent, ResendAt: uitest.ServerNoon().Add(22 * time.Second)}},
		{name: "questions", step: app.AnswerQuestions{Questions: []app.Question{{ID: "q1", Texts: map[string]string{"en": "Which ward did you work on first?"}}, {ID: "q2", Texts: map[string]string{"en": "What was your first bicycle's colour?"}}}, TriesLeft: 5}},
		{name: "unlock", step: app.ChooseUnlock{}},
		{name: "password", step: app.NewPassword{Rules: app.PasswordRules{MinLength: 15, MaxLength: 256, Banned: true, Common: true, Breached: true, History: 10}}},
		{name: "done", step: app.Done{Facts: []app.Fact{app.FactPasswordSet, app.FactEverywhere}}},
		{name: "blocked", step: app.Blocked{Code: app.CodeNotManaged}},
		{name: "request", step: app.RequestSent{Receipt: "R-4711-20"}},
		{name: "warning", step: app.EnterUserID{}, do: func(t *testing.T, s *uitest.Stage, k *kiosk.Kiosk) { s.Pass(65 * time.Second) }},
		{name: "rest", do: func(t *testing.T, s *uitest.Stage, k *kiosk.Kiosk) { s.Pass(3*time.Minute + time.Second) }},
		{name: "staff", do: func(t *testing.T, s *uitest.Stage, k *kiosk.Kiosk) {
			for range 5 {
				uitest.Tap(t, k.Window(), "kiosk.corner")
			}
		}},
	}
}

// TestTheTourOfTheKiosk goes through its pages on three screens in three looks: no text is cut, the help desk is named once, and
// each page can be tapped where it says so.
func TestTheTourOfTheKiosk(t *testing.T) {
	for _, screen := range screens {
		for _, appearance := range appearances {
			if testing.Short() && appearance == "dark" {
				continue
			}
			for _, story := range stories() {
				k := told(t, story, screen.size, func(o *kiosk.Options) { o.Appearance = appearance })
				look(t, k, screen.name+"-"+story.name+"-"+appearance)
				k.Close()
			}
		}
	}
}

// TestTheTourOfTheKeys shows each layer of each layout.
func TestTheTourOfTheKeys(t *testing.T) {
	for _, layout := range kit.KeyLayouts() {
		for _, screen := range screens {
			k := told(t, story{step: app.NewPassword{}}, screen.size, func(o *kiosk.Options) {
				o.Layouts, o.Appearance = []kit.KeyLayout{layout, kit.KeyLayouts()[0]}, "light"
			})
			for _, tap := range []string{"", "shift", "accents", "signs", "more"} {
				if tap != "" {
					uitest.Tap(t, k.Window(), "keyboard."+tap)
				}
				look(t, k, fmt.Sprintf("keys-%s-%s-%s", screen.name, layout.ID, tap))
			}
			k.Close()
		}
	}
}

// TestTheTourInLargerText is the tour for people who ask for larger text.
func TestTheTourInLargerText(t *testing.T) {
	for _, story := range stories()[:4] {
		k := told(t, story, fyne.NewSize(1920, 1080), func(o *kiosk.Options) { o.Appearance = "light" })
		uitest.Tap(t, k.Window(), "kiosk.larger")
		look(t, k, "wide-"+story.name+"-larger")
		k.Close()
	}
}

// told opens a kiosk at a story's page.
func told(t *testing.T, story story, size fyne.Size, change ...func(*kiosk.Options)) *kiosk.Kiosk {
	t.Helper()
	s := uitest.NewStage(t)
	k := openAt(t, s, size, append(change, func(o *kiosk.Options) {
		o.Remembered = app.Organisation{Name: s.Org.Name, Reset: true, HelpDesk: s.Org.HelpDesk}
		o.Facts = func() []kiosk.Fact {
			return []kiosk.Fact{{Name: "Version", Value: "1.4.0"}, {Name: "Screen", Value: "1920 × 1080"}, {Name: "Server", Value: "https://reset.example.org"}, {Name: "Station", Value: "Kiosk lobby"}}
		}
	})...)
	if story.step != nil {
		f := uitest.FlowAt(3, story.step)
		f.CanBack, f.Contact = true, true
		f.Others = []app.Choice{{Kind: app.KindEmail}}
		begin(t, s, k, f)
	}
	if story.do != nil {
		story.do(t, s, k)
	}
	return k
}

// look reports what is cut or said twice, and takes a picture.
func look(t *testing.T, k *kiosk.Kiosk, name string) {
	t.Helper()
	w := k.Window()
	uitest.MustNotRepeat(t, w, "ext. 4400")
	kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
		if words, is := o.(*canvas.Text); is && words.Text != "" {
			uitest.MustNotCut(t, w, name, words)
		}
		return false
	})
	dir := os.Getenv(picturesIn)
	if dir == "" {
		return
	}
	file, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(file, w.Window().Canvas().Capture()); err != nil {
		t.Error(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}
