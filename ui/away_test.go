package ui_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// drawn is a source of randomness that repeats one byte.
type drawn byte

func (d drawn) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte{byte(d)}, len(p))), nil
}

// waits are the times between one try and the next while the server is away.
func waits(t *testing.T, random byte, tries int) (all []time.Duration) {
	t.Helper()
	s := uitest.NewStage(t)
	s.OrgErr = offline("refused")
	w := s.OpenWindow(func(o *ui.Options) { o.Rand = drawn(random) })
	uitest.MustBeAt(t, w, "loading")
	for range tries {
		asked, began := s.OrgAsked, s.Now
		for s.OrgAsked == asked && s.Now.Sub(began) < 2*time.Minute {
			s.Pass(time.Second)
		}
		all = append(all, s.Now.Sub(began).Round(time.Second))
	}
	return all
}

// Threat: a crowd whose server was away comes back at one moment, and keeps it away. Each wait lies anywhere below a longest one,
// which doubles up to a minute.
func TestTheServerIsAskedAgainWithFullJitter(t *testing.T) {
	longest := []time.Duration{2, 4, 8, 16, 32, 60, 60, 60}
	spread := map[time.Duration]bool{}
	for random := range 16 {
		for i, wait := range waits(t, byte(random*16+random), len(longest)) {
			if wait < time.Second || wait > longest[i]*time.Second+time.Second {
				t.Errorf("drawn %d: try %d came after %v", random, i, wait)
			}
			if i == 5 {
				spread[wait] = true
			}
		}
	}
	if len(spread) < 12 {
		t.Errorf("of 16 windows the waits are %v: that is a crowd", spread)
	}
}

func TestTheWindowComesBackByItself(t *testing.T) {
	s := uitest.NewStage(t)
	s.OrgErr = offline("no_network")
	w := s.OpenWindow(func(o *ui.Options) {
		o.Remembered = app.Organisation{Name: "Harbour Hospital", HelpDesk: app.HelpDesk{Name: "IT help desk", Phone: "ext. 4400"}}
	})
	uitest.MustSay(t, w, words.Text("loading.failed"))
	uitest.MustSay(t, w, words.Offline(offline("no_network").Params))
	uitest.MustSay(t, w, "ext. 4400")
	uitest.MustSay(t, w, "Harbour Hospital")
	s.Pass(5 * time.Minute)
	uitest.MustBeAt(t, w, "loading")
	s.OrgErr = nil
	s.Pass(2 * time.Minute)
	uitest.MustBeAt(t, w, "home")
}

// TestTheHelpDeskIsNamedOnce, by the page where that has a card for it, and by the rail otherwise, as often as the server comes and
// goes.
func TestTheHelpDeskIsNamedOnce(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(800, 900), fyne.NewSize(640, 400)} {
		s := uitest.NewStage(t)
		s.OrgErr = offline("refused")
		w := s.OpenWindow(func(o *ui.Options) { o.Remembered = app.Organisation{Name: s.Org.Name, HelpDesk: s.Org.HelpDesk} })
		w.Window().Resize(size)
		once := func(when string) {
			t.Helper()
			uitest.MustSay(t, w, "ext. 4400")
			uitest.MustNotRepeat(t, w, "ext. 4400")
			if named := uitest.Says(w, words.Text("rail.help", words.Values{"name": s.Org.HelpDesk.Name})); named == (when == "away") {
				t.Errorf("%v, %s: the rail names it: %v", size, when, named)
			}
		}
		uitest.MustBeAt(t, w, "loading")
		once("away")
		s.OrgErr = nil
		uitest.Tap(t, w, "page.retry")
		uitest.MustBeAt(t, w, "home")
		once("home")
	}
}

func TestThePersonMaySkipTheWait(t *testing.T) {
	s := uitest.NewStage(t)
	s.OrgErr = offline("timeout")
	w := s.OpenWindow(func(o *ui.Options) { o.Rand = drawn(255) })
	retry := kit.Find(w.Root(), "page.retry").(fyne.Focusable)
	w.Window().Canvas().Focus(retry)
	asked := s.OrgAsked
	retry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if s.OrgAsked != asked+1 {
		t.Fatalf("asked %d times", s.OrgAsked-asked)
	}
	if again, held := kit.Find(w.Root(), "page.retry").(fyne.Focusable), w.Window().Canvas().Focused(); held != again || held == nil {
		t.Errorf("who went on by keyboard stands on %v", held)
	}
	s.OrgErr = nil
	uitest.Tap(t, w, "page.retry")
	uitest.MustBeAt(t, w, "home")
	s.Pass(time.Hour)
	if s.OrgAsked != asked+2 {
		t.Errorf("it goes on asking: %d times", s.OrgAsked-asked)
	}
}

// TestWhatWaitingDoesNotMendIsNotAskedAgain, above all a bad certificate.
func TestWhatWaitingDoesNotMendIsNotAskedAgain(t *testing.T) {
	for reason := range troubles {
		s := uitest.NewStage(t)
		s.OrgErr = offline(reason)
		w := s.OpenWindow()
		asked := s.OrgAsked
		s.Pass(time.Minute)
		mends := !strings.HasPrefix(reason, "certificate") && reason != "handshake" && reason != "proxy_password"
		if again := s.OrgAsked > asked; again != mends {
			t.Errorf("%s: asked again by itself: %v", reason, again)
		}
		uitest.MustSay(t, w, words.Offline(offline(reason).Params))
	}
}

// midway opens a page of a flow whose inputs fail until up is true.
func midway(t *testing.T, up *bool) (*uitest.Stage, *shell.Window) {
	s := uitest.NewStage(t)
	s.OnInput = func(app.Input) (app.Flow, error) {
		if !*up {
			return app.Flow{}, offline("unreachable")
		}
		return uitest.FlowAt(2, app.Triage{Reasons: []app.Reason{app.ReasonForgot}}), nil
	}
	w := s.At(uitest.FlowAt(1, app.EnterSignIn{}))
	test.Type(uitest.Field(t, w, "sign_in.user_id").Entry(), "ana@harbour.example")
	test.Type(uitest.Field(t, w, "sign_in.password").Entry(), "copper lantern")
	uitest.Tap(t, w, "page.next")
	return s, w
}

func TestNothingTypedIsLostWhileTheServerIsAway(t *testing.T) {
	up := false
	s, w := midway(t, &up)
	s.Pass(10 * time.Minute)
	if uitest.Field(t, w, "sign_in.user_id").Text() != "ana@harbour.example" || uitest.Field(t, w, "sign_in.password").Text() != "copper lantern" {
		t.Error("what was typed is lost")
	}
	up = true
	s.Pass(2 * time.Minute)
	uitest.MustBeAt(t, w, "triage")
	for _, sent := range s.Sent {
		if sent.Key != s.Sent[0].Key || sent.Rev != 1 {
			t.Error("it was not sent again as it was")
		}
	}
	if len(s.Sent) < 5 {
		t.Errorf("it was sent %d times in ten minutes", len(s.Sent))
	}
}

// TestWhatTheyTypeInsteadIsNotOvertaken: what was typed first is not sent behind the back of who mends it.
func TestWhatTheyTypeInsteadIsNotOvertaken(t *testing.T) {
	up := false
	s, w := midway(t, &up)
	test.Type(uitest.Field(t, w, "sign_in.password").Entry(), "s")
	sent := len(s.Sent)
	up = true
	s.Pass(10 * time.Minute)
	if len(s.Sent) != sent || w.Page() != "sign_in" {
		t.Fatalf("%d were sent while the person was typing", len(s.Sent)-sent)
	}
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "triage")
	last := s.Sent[len(s.Sent)-1]
	if last.In.(app.SignIn).Password.Reveal() != "copper lanterns" || last.Key == s.Sent[0].Key {
		t.Error("what was typed last was not what was sent")
	}
}

// TestAnAnswerEndsTheLongWaits: whatever it is, the server is there again.
func TestAnAnswerEndsTheLongWaits(t *testing.T) {
	s := uitest.NewStage(t)
	answer := error(offline("refused"))
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, answer }
	w := s.At(uitest.FlowAt(1, app.EnterSignIn{}), func(o *ui.Options) { o.Rand = drawn(255) })
	test.Type(uitest.Field(t, w, "sign_in.user_id").Entry(), "ana")
	test.Type(uitest.Field(t, w, "sign_in.password").Entry(), "copper lantern")
	uitest.Tap(t, w, "page.next")
	s.Pass(10 * time.Minute)
	answer = &app.Error{Code: app.CodeSignIn, Field: "password"}
	s.Pass(2 * time.Minute)
	if got := uitest.Field(t, w, "sign_in.password").Error(); got != words.Text("error.sign_in_wrong") {
		t.Fatalf("beside the password stands %q", got)
	}
	uitest.MustNotSay(t, w, words.Text("button.retry_now"))
	answer = offline("refused")
	sent := len(s.Sent)
	uitest.Tap(t, w, "page.next")
	s.Pass(3 * time.Second)
	if len(s.Sent) < sent+2 {
		t.Error("the waits go on as if there had been no answer")
	}
}

func TestAPageThatWasLeftAsksNoMore(t *testing.T) {
	up := false
	s, w := midway(t, &up)
	w.Home()
	sent := len(s.Sent)
	s.Pass(10 * time.Minute)
	if len(s.Sent) != sent {
		t.Errorf("%d were sent from a page that was left", len(s.Sent)-sent)
	}
}

func TestWhoHasWaitedEnoughMayTryByHand(t *testing.T) {
	s := uitest.NewStage(t)
	s.Hold = true
	w := s.OpenWindow()
	s.Pass(shell.OfferAfter)
	uitest.Tap(t, w, "page.stop_waiting")
	uitest.MustSay(t, w, words.Text("loading.failed"))
	s.Release()
	uitest.MustBeAt(t, w, "loading")
	uitest.Tap(t, w, "page.retry")
	uitest.MustBeAt(t, w, "home")
}

func TestTheAwayPageFits(t *testing.T) {
	for reason := range troubles {
		s := uitest.NewStage(t)
		s.OrgErr = offline(reason)
		w := s.OpenWindow(func(o *ui.Options) {
			o.Managed = "https://reset.example.org"
			o.Remembered = app.Organisation{Name: "Harbour Hospital", HelpDesk: app.HelpDesk{Name: "IT help desk", Phone: "ext. 4400", Hours: "7:00 to 19:00"}}
		})
		w.Window().Resize(fyne.NewSize(800, 600))
		uitest.OnKeyboard(t, w, reason)
	}
}
