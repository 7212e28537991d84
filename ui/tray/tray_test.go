package tray_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/tray"
	"github.com/sparekey/sparekey/ui/uitest"
)

// withTray opens the window with a tray of its own.
func withTray(s *uitest.Stage, play func(context.Context, []byte) error) (*shell.Window, *tray.Tray) {
	w := s.OpenWindow(func(o *ui.Options) { o.Trial = s.Trial() })
	var t *tray.Tray
	w.SetOrganisation(s.Org, func() shell.Side {
		t = tray.New(w, s.Trial(), play)
		return t
	})
	w.Home()
	return w, t
}

func TestTrayShowsEachMessageNewestFirst(t *testing.T) {
	s := uitest.NewStage(t)
	w, box := withTray(s, nil)
	w.Window().Resize(fyne.NewSize(1400, 800))
	uitest.Tap(t, w, "banner.tray")
	uitest.MustSay(t, w, words.Text("tray.empty"))
	s.Tray = []app.Message{
		{ID: "1", Channel: app.KindEmail, To: "ana@home.example", Template: app.MessageCode, Params: map[string]string{"minutes": "5"}, Code: "042917", At: uitest.ServerNoon()},
		{ID: "2", Channel: app.KindEmail, To: "desk@harbour.example", Template: app.MessageHelpRequest, At: uitest.ServerNoon(),
			Params: map[string]string{"receipt": "R-4821", "user_id": "ana", "reason": string(app.CodeNotEnabled)}},
	}
	await := s.Awaited
	s.Awaited = nil
	for _, f := range await {
		f()
	}
	uitest.MustSay(t, w, "042917")
	uitest.MustSay(t, w, "To ana@home.example, at 11:00")
	uitest.MustSay(t, w, "Type it in Sparekey. It works once, for 5 minutes. If you didn't ask for it, tell your help desk.")
	uitest.MustSay(t, w, "ana asks for help with the password. Why: Your account is not enabled for password reset")
	uitest.MustSay(t, w, "Messages (2)")
	first := ""
	for _, words := range kit.Texts(tray.Cards(box)) {
		if words == "042917" || words == "Request for help R-4821" {
			first = words
			break
		}
	}
	if first != "Request for help R-4821" {
		t.Errorf("first comes %q", first)
	}
	if len(s.Awaited) != 1 {
		t.Error("nobody waits for the next message")
	}
}

// TestACardIsMadeOnce: a message that comes leaves the cards of those before it as they are, which the toolkit would keep for
// a minute beside new ones; and one that the tray no longer keeps has no card, and no telephone.
func TestACardIsMadeOnce(t *testing.T) {
	s := uitest.NewStage(t)
	_, box := withTray(s, nil)
	var all []app.Message
	for _, id := range []string{"1", "2", "3"} {
		all = append(all, app.Message{ID: id, Channel: app.KindVoice, To: "+61491570156", Template: app.MessageCode, Code: "042917", At: uitest.ServerNoon()})
	}
	cards := func() []fyne.CanvasObject { return tray.Cards(box).(*fyne.Container).Objects[2:] }
	tray.Draw(box, all[:2])
	before := slices.Clone(cards())
	tray.Draw(box, all)
	if after := cards(); len(before) != 2 || len(after) != 3 || !slices.Equal(before, after[1:]) {
		t.Errorf("of %d cards %d are as before", len(after), len(before))
	}
	tray.Draw(box, all[1:])
	if n := tray.Handsets(box); len(cards()) != 2 || n != 2 {
		t.Errorf("%d cards and %d telephones for 2 calls", len(cards()), n)
	}
}

// TestTheSampleTelephone types digits in the tray, and says what the voice answers.
func TestTheSampleTelephone(t *testing.T) {
	for want, heard := range map[string]error{
		"tray.call.right": nil, "tray.call.wrong": &app.Error{Code: app.CodeWrongCode}, "tray.call.over": &app.Error{Code: app.CodeNotNow},
	} {
		s := uitest.NewStage(t)
		s.Heard = heard
		s.Tray = []app.Message{{ID: "1", Channel: app.KindVoice, To: "+442079460000", Template: app.MessageCall, Call: "f1.x", At: uitest.ServerNoon()}}
		w, box := withTray(s, nil)
		w.Window().Resize(fyne.NewSize(1400, 800))
		uitest.Tap(t, w, "banner.tray")
		uitest.MustSay(t, w, words.Text("message.call.body"))
		uitest.Tap(t, w, "tray.type")
		if len(s.Typed) != 0 {
			t.Errorf("nothing was typed, and sent %q", s.Typed)
		}
		test.Type(uitest.Field(t, w, "tray.digits").Entry(), "42")
		tray.Draw(box, s.Tray)
		if uitest.Field(t, w, "tray.digits").Text() != "42" {
			t.Error("another message took what was typed")
		}
		uitest.Tap(t, w, "tray.type")
		if len(s.Typed) != 1 || s.Typed[0] != "f1.x 42" {
			t.Errorf("typed %q", s.Typed)
		}
		uitest.MustSay(t, w, words.Text(want))
	}
}

func caption(b *kit.Button) string { return strings.Join(kit.Texts(b), " ") }

// TestACallIsPlayed plays the code's own words, and stops when it is told to, when the tray is closed, and before another.
func TestACallIsPlayed(t *testing.T) {
	s := uitest.NewStage(t)
	s.Tray = []app.Message{
		{ID: "1", Channel: app.KindVoice, To: "+442079460000", Template: app.MessageCode, Code: "042917", At: uitest.ServerNoon()},
		{ID: "2", Channel: app.KindVoice, To: "+442079460000", Template: app.MessageCall, Call: "f1.x", At: uitest.ServerNoon()},
	}
	var heard [][]byte
	var playing []context.Context
	w, box := withTray(s, func(ctx context.Context, wav []byte) error {
		s.Guard("Play")
		heard, playing = append(heard, wav), append(playing, ctx)
		return nil
	})
	w.Window().Resize(fyne.NewSize(1400, 800))
	uitest.Tap(t, w, "banner.tray")
	code, two := tray.Play(box, "1"), tray.Play(box, "2")
	code.Tapped(nil)
	two.Tapped(nil)
	asked, err := prompt.TwoDigits()
	spoken, err2 := prompt.Code("042917")
	if err != nil || err2 != nil || len(heard) != 2 || !bytes.Equal(heard[0], spoken) || !bytes.Equal(heard[1], asked) {
		t.Fatalf("%d sounds, %v, %v", len(heard), err, err2)
	}
	s.Hold = true
	code.Tapped(nil)
	if caption(code) != words.Text("tray.stop") {
		t.Errorf("while it plays the button says %q", caption(code))
	}
	s.Release()
	if caption(code) != words.Text("tray.play") {
		t.Errorf("afterwards the button says %q", caption(code))
	}
	for _, stop := range []func(){func() { code.Tapped(nil) }, func() { two.Tapped(nil) }, func() { uitest.Tap(t, w, "banner.tray") }, w.Close} {
		s.Hold, s.Held = true, nil
		code.Tapped(nil)
		stop()
		held := s.Held[0]
		s.Hold, s.Held = false, nil
		if held(); playing[len(playing)-1].Err() == nil {
			t.Error("it plays on")
		}
		tray.Hush(box)
	}
	w, box = withTray(s, func(context.Context, []byte) error { return errors.New("no player") })
	code = tray.Play(box, "1")
	w.Window().Resize(fyne.NewSize(1400, 800))
	uitest.Tap(t, w, "banner.tray")
	uitest.MustNotSay(t, w, words.Text("tray.no_sound"))
	if code.Tapped(nil); code.Visible() {
		t.Error("what can't be played can be played")
	}
	uitest.MustSay(t, w, words.Text("tray.no_sound"))
}

func TestThePassOfTheTrialIsShownOnce(t *testing.T) {
	s := uitest.NewStage(t)
	s.OnStart = func(app.Start) (app.Flow, error) { return uitest.FlowAt(1, app.EnterSignIn{Pass: true}), nil }
	var fails error
	w := s.OpenWindow(func(o *ui.Options) {
		o.Trial = s.Trial()
		o.Trial.Pass = func(_ context.Context, userID string) (app.Pass, error) {
			s.Guard("Pass")
			return app.Pass{
				Code: app.NewSecret("7Q4MXD0K92TB"), Person: app.Person{UserID: userID, Name: "Noor Haddad"}, First: true, Expires: s.Now.Add(time.Hour),
			}, fails
		}
	})
	uitest.Tap(t, w, "banner.try")
	if kit.Find(w.Root(), "try.registered.pass") != nil {
		t.Error("who has registered is offered a pass")
	}
	fails = &app.Error{Code: app.CodeUnavailable}
	uitest.Tap(t, w, "try.never.pass")
	uitest.MustBeAt(t, w, "try")
	uitest.MustSay(t, w, words.Text("error.dependency_down"))
	fails = nil
	s.Pass(10 * time.Minute)
	uitest.MustBeAt(t, w, "try") // a pass is given each time that one is asked for, so nobody but the person asks again
	uitest.Tap(t, w, "try.never.pass")
	uitest.MustBeAt(t, w, "given")
	uitest.MustSay(t, w, "7Q4M-XD0K-92TB")
	uitest.MustSay(t, w, "Good for 60:00")
	s.Pass(2 * time.Second)
	uitest.MustSay(t, w, "Good for 59:58")
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		w.Window().Resize(size)
		kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
			if words, ok := o.(*canvas.Text); ok && words.Text != "" {
				uitest.MustNotCut(t, w, "given", words)
			}
			return false
		})
	}
	uitest.Tap(t, w, "given.copy")
	if got := w.Clipboard().Content(); got != "7Q4M-XD0K-92TB" {
		t.Errorf("copied %q", got)
	}
	uitest.Tap(t, w, "page.next")
	uitest.MustSay(t, w, words.Text("pass.heading"))
	test.Type(uitest.Field(t, w, "pass.field").Entry(), "7Q4M-XD0K-92TB")
	if got := uitest.Field(t, w, "pass.user_id").Text(); got != "new@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
}

// TestAMessageThatCarriesALinkHasAButton in its place, where the trial can do what the page would; the page at hand says what came of it.
func TestAMessageThatCarriesALinkHasAButton(t *testing.T) {
	s := uitest.NewStage(t)
	var said []string
	var fault error
	mine := s.Trial()
	mine.Object = func(_ context.Context, link string) error {
		said = append(said, link)
		return fault
	}
	w := s.OpenWindow(func(o *ui.Options) { o.Trial = mine })
	w.SetOrganisation(s.Org, func() shell.Side { return tray.New(w, mine, nil) })
	w.Home()
	w.Window().Resize(fyne.NewSize(1400, 800))
	uitest.Tap(t, w, "banner.tray")
	s.Tray = []app.Message{
		{ID: "1", Channel: app.KindEmail, To: "ana@home.example", Template: app.MessagePasswordChanged, Link: "trial:/n/abc", At: uitest.ServerNoon()},
		{ID: "2", Channel: app.KindEmail, To: "ana@home.example", Template: app.MessageFrozen, Params: map[string]string{"event": string(app.MessagePasswordChanged)}, At: uitest.ServerNoon()},
	}
	await := s.Awaited
	s.Awaited = nil
	for _, f := range await {
		f()
	}
	uitest.MustSay(t, w, words.Text("letter.objection"))
	uitest.Tap(t, w, "tray.object")
	uitest.MustSay(t, w, words.Text("tray.objected"))
	fault = &app.Error{Code: app.CodeNoObjection}
	uitest.Tap(t, w, "tray.object")
	uitest.MustSay(t, w, words.Text("error.no_such_link"))
	if len(said) != 2 || said[0] != "trial:/n/abc" {
		t.Errorf("said by %v", said)
	}
	for _, text := range kit.Texts(w.Root()) {
		if strings.Contains(text, "trial:") {
			t.Errorf("a link that leads nowhere is shown: %q", text)
		}
	}
}
