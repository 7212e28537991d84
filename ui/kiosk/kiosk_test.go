package kiosk_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kiosk"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestTheFirstPageHasThreeWays(t *testing.T) {
	s := uitest.NewStage(t)
	w := open(t, s).Window()
	uitest.MustBeAt(t, w, "kiosk")
	for _, way := range []string{"kiosk.forgot", "kiosk.locked", "kiosk.help"} {
		if kit.Find(w.Root(), way) == nil {
			t.Errorf("there is no %s", way)
		}
	}
	for _, none := range []string{"kiosk.register", "kiosk.language.1", "kiosk.start_over", "home.keycare"} {
		if kit.Find(w.Root(), none) != nil {
			t.Errorf("there is %s", none)
		}
	}
	uitest.Tap(t, w, "kiosk.help")
	uitest.MustSay(t, w, "ext. 4400")
	uitest.Tap(t, w, "kiosk.start_over")
	uitest.MustBeAt(t, w, "kiosk")
}

func TestPeopleRegisterOnlyWhereTheSettingsSaySo(t *testing.T) {
	s := uitest.NewStage(t)
	w := open(t, s).Window()
	s.OnStart = func(app.Start) (app.Flow, error) { return uitest.FlowAt(1, app.EnterSignIn{}), nil }
	for _, purpose := range []app.Purpose{app.PurposeRegister, app.PurposeManage, app.PurposeChange, app.PurposeSignIn} {
		w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: purpose})
		uitest.MustBeAt(t, w, "kiosk")
	}
	if len(s.Starts) != 0 {
		t.Errorf("%d flows were started", len(s.Starts))
	}
	w = open(t, s, func(o *kiosk.Options) { o.Registration = true }).Window()
	uitest.Tap(t, w, "kiosk.register")
	uitest.MustBeAt(t, w, "sign_in")
}

func TestStartOverIsOnEveryPageAndCancelsTheFlow(t *testing.T) {
	s := uitest.NewStage(t)
	forgot := 0
	k := at(t, s, uitest.FlowAt(1, app.EnterUserID{}), func(o *kiosk.Options) { o.Forget = func() { forgot++ } })
	w := k.Window()
	field := uitest.Field(t, w, "user_id.field")
	field.SetText("ben@harbour.example")
	uitest.Tap(t, w, "kiosk.start_over")
	uitest.MustBeAt(t, w, "kiosk")
	if len(s.Cancels) != 1 || s.Cancels[0] != "f1" {
		t.Errorf("cancelled: %v", s.Cancels)
	}
	if field.Text() != "" {
		t.Errorf("the field still has %q", field.Text())
	}
	before := forgot
	s.Pass(30 * time.Second)
	if forgot < before+3 {
		t.Errorf("memory was looked after %d times within half a minute", forgot-before)
	}
}

func TestWhatIsTypedBeforeAFieldHasTheFocusGoesNowhere(t *testing.T) {
	s := uitest.NewStage(t)
	k := open(t, s)
	w := k.Window()
	scan(w, "4006381333931")
	uitest.MustBeAt(t, w, "kiosk")
	begin(t, s, k, uitest.FlowAt(1, app.ChooseMethod{Choices: []app.Choice{{Kind: app.KindEmail}}}))
	scan(w, "4006381333931")
	if given := kit.Given(w.Root()); len(given) != 0 || len(s.Sent) != 0 {
		t.Errorf("typed: %q, sent: %v", given, s.Sent)
	}
}

func TestALanguageCanBeChosenWhereThereAreSeveral(t *testing.T) {
	s := uitest.NewStage(t)
	var spoken []string
	w := open(t, s, func(o *kiosk.Options) {
		o.Languages = []kiosk.Language{{ID: "en", Name: "English"}, {ID: "de", Name: "Deutsch"}}
		o.Speak = func(id string) { spoken = append(spoken, id) }
	}).Window()
	uitest.Tap(t, w, "kiosk.language.2")
	s.Pass(61 * time.Second)
	if len(spoken) != 2 || spoken[0] != "de" || spoken[1] != "en" {
		t.Errorf("spoken: %v; the next person gets the usual one", spoken)
	}
}

func TestHighContrastIsForOnePerson(t *testing.T) {
	s := uitest.NewStage(t)
	k := open(t, s)
	w := k.Window()
	usual := kit.Color(kit.ColorPrimary)
	uitest.Tap(t, w, "kiosk.contrast")
	if kit.Color(kit.ColorPrimary) == usual {
		t.Fatal("nothing changed")
	}
	begin(t, s, k, uitest.FlowAt(1, app.EnterUserID{}))
	if kit.Color(kit.ColorPrimary) == usual {
		t.Error("it is gone on the next page")
	}
	s.Pass(2 * time.Minute)
	uitest.MustBeAt(t, w, "kiosk")
	if kit.Color(kit.ColorPrimary) != usual {
		t.Error("the next person gets it")
	}
}

func TestAServerThatIsAwayIsSaidAtOnceAndComesBack(t *testing.T) {
	s := uitest.NewStage(t)
	s.OrgErr = &app.Error{Code: app.CodeOffline, Params: map[string]string{"reason": "refused"}}
	w := open(t, s, func(o *kiosk.Options) {
		o.Remembered = app.Organisation{Name: "Harbour Hospital", Reset: true, HelpDesk: app.HelpDesk{Name: "IT help desk", Phone: "ext. 4400"}}
	}).Window()
	uitest.MustBeAt(t, w, "kiosk")
	uitest.MustSay(t, w, "ext. 4400")
	if kit.Find(w.Root(), "page.retry") == nil {
		t.Error("it isn't said that the server is away")
	}
	s.OrgErr = nil
	s.Pass(5 * time.Second)
	if kit.Find(w.Root(), "page.retry") != nil {
		t.Error("it is still said that the server is away")
	}
}

func TestOnlyTheExitPINEndsTheKiosk(t *testing.T) {
	s := uitest.NewStage(t)
	left, g := 0, &guard{pin: "135790"}
	w := open(t, s, func(o *kiosk.Options) {
		o.Guard, o.Leave = g, func() { left++ }
		o.Facts = func() []kiosk.Fact { return []kiosk.Fact{{Name: "Version", Value: "1.2.3"}} }
	}).Window()
	for range 4 {
		uitest.Tap(t, w, "kiosk.corner")
	}
	s.Pass(10 * time.Second)
	uitest.Tap(t, w, "kiosk.corner") // too late to be the fifth
	uitest.MustBeAt(t, w, "kiosk")
	for range 5 {
		uitest.Tap(t, w, "kiosk.corner")
	}
	uitest.MustBeAt(t, w, "kiosk_staff")
	uitest.MustSay(t, w, "Version: 1.2.3")
	pin := uitest.Field(t, w, "kiosk.pin")
	uitest.Tap(t, w, "page.next")
	pin.SetText("111111")
	g.next = s.Now.Add(30 * time.Second)
	uitest.Tap(t, w, "page.next")
	if left != 0 || g.tries != 1 || pin.Error() == "" || pin.Text() != "" {
		t.Errorf("left %d times after %d tries; the field says %q and has %q", left, g.tries, pin.Error(), pin.Text())
	}
	pin.SetText("135790")
	uitest.Tap(t, w, "page.next")
	if left != 1 {
		t.Errorf("left %d times", left)
	}
}

func TestAKioskWithoutAPINIsNotLeft(t *testing.T) {
	s := uitest.NewStage(t)
	w := open(t, s, func(o *kiosk.Options) { o.Guard = &guard{} }).Window()
	for range 5 {
		uitest.Tap(t, w, "kiosk.corner")
	}
	uitest.MustBeAt(t, w, "kiosk_staff")
	if kit.Find(w.Root(), "kiosk.pin") != nil || kit.Find(w.Root(), "page.next") != nil {
		t.Error("a PIN is asked for")
	}
}

// plugs is a driver of security keys that says which are plugged in.
type plugs struct {
	app.KeyDriver
	now chan []app.KeyInfo
}

func (p plugs) Watch(context.Context) <-chan []app.KeyInfo { return p.now }

func TestAKeyThatSomebodyLeftIsAnnounced(t *testing.T) {
	s := uitest.NewStage(t)
	p := plugs{now: make(chan []app.KeyInfo)}
	t.Cleanup(func() { close(p.now); s.Followed.Wait() })
	k := open(t, s, func(o *kiosk.Options) { o.Keys = p })
	w := k.Window()
	const left, take = "A security key is in the port. If it is yours, take it with you when you go.", "Your security key is still in the port. Take it with you."
	uitest.MustNotSay(t, w, left)
	p.now <- []app.KeyInfo{{ID: "1"}}
	s.Until("it is announced", func() bool { return uitest.Says(w, left) })
	begin(t, s, k, uitest.FlowAt(9, app.Done{}))
	uitest.MustBeAt(t, w, "done")
	uitest.MustSay(t, w, take)
	uitest.Tap(t, w, "page.next")
	p.now <- nil
	s.Until("it is gone", func() bool { return !uitest.Says(w, left) })
}

// TestKeysNeverHideTheField stands before each page with a field on the smallest screen, with keys on it.
func TestKeysNeverHideTheField(t *testing.T) {
	for name, size := range map[string]fyne.Size{"landscape": fyne.NewSize(1024, 768), "portrait": fyne.NewSize(1080, 1920), "wide": fyne.NewSize(1920, 1080)} {
		for _, step := range []app.Step{
			app.EnterUserID{}, app.EnterAddress{Confirm: true}, app.EnterCode{Channel: app.KindEmail}, app.EnterPhone{Channel: app.KindSMS, Confirm: true},
			app.AnswerQuestions{Questions: []app.Question{{ID: "q1"}, {ID: "q2"}, {ID: "q3"}}}, app.NewPassword{}, app.CurrentPassword{},
		} {
			s := uitest.NewStage(t)
			k := openAt(t, s, size)
			begin(t, s, k, uitest.FlowAt(2, step))
			w := k.Window()
			driver, canvas := fyne.CurrentApp().Driver(), w.Window().Canvas()
			for i := range 4 {
				f, is := canvas.Focused().(fyne.CanvasObject)
				if _, types := f.(mobile.Keyboardable); !is || !types {
					break
				}
				keysTop := size.Height
				for _, name := range []string{"keyboard.1", "keyboard.q"} { // in the first row of a number's keys, and of others
					if first := kit.Find(w.Root(), name); first != nil {
						keysTop = min(keysTop, driver.AbsolutePositionForObject(first).Y)
					}
				}
				if keysTop == size.Height {
					t.Errorf("%s, page %s: no keys are shown", name, w.Page())
				}
				if top := driver.AbsolutePositionForObject(f).Y; top < 58*1.5 || top+f.Size().Height > keysTop {
					t.Errorf("%s, page %s, field %d: it reaches from %v to %v, the keys begin at %v", name, w.Page(), i+1, top, top+f.Size().Height, keysTop)
				}
				canvas.FocusNext()
			}
		}
	}
}

// TestTheToolkitIsGivenOneTheme: with each it reads all fonts anew, and keeps the ones before.
func TestTheToolkitIsGivenOneTheme(t *testing.T) {
	s := uitest.NewStage(t)
	k := open(t, s)
	given := 0
	fyne.CurrentApp().Settings().AddListener(func(fyne.Settings) { given++ })
	for range 5 {
		uitest.Tap(t, k.Window(), "kiosk.contrast")
		begin(t, s, k, uitest.FlowAt(1, app.EnterUserID{}))
		s.Pass(2 * time.Minute)
		uitest.MustBeAt(t, k.Window(), "kiosk")
	}
	if given > 0 {
		t.Errorf("it was given %d more", given)
	}
}
