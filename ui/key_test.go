package ui

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// driver is one whose keys are plugged in, and go wrong, as the test says.
type driver struct {
	here chan []app.KeyInfo
	runs chan *keyTrial
}

// keyTrial is one Run of the driver, which the test is in charge of.
type keyTrial struct {
	ctx  context.Context
	use  app.UseKey
	talk app.KeyTalk
	end  chan keyEnd
}

type keyEnd struct {
	answer app.KeyAnswer
	err    error
}

func (k *driver) Watch(ctx context.Context) <-chan []app.KeyInfo {
	out := make(chan []app.KeyInfo)
	go func() {
		defer close(out)
		for {
			select {
			case here := <-k.here:
				select {
				case out <- here:
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (k *driver) Run(ctx context.Context, use app.UseKey, talk app.KeyTalk) (app.KeyAnswer, error) {
	trial := &keyTrial{ctx: ctx, use: use, talk: talk, end: make(chan keyEnd, 1)}
	k.runs <- trial
	select {
	case end := <-trial.end:
		return end.answer, end.err
	case <-ctx.Done():
		return app.KeyAnswer{}, &app.Error{Code: app.CodeKeyCancelled, Cause: ctx.Err()}
	}
}

// keyStage is a page that wants a key, with a driver behind it.
type keyStage struct {
	*stage
	w     *Window
	keys  *driver
	trial *keyTrial // the last one
}

var (
	registering = app.UseKey{Create: &app.KeyCreate{Challenge: []byte("c1"), Verification: app.VerifyRequired}}
	proving     = app.UseKey{Get: &app.KeyGet{Challenge: []byte("c2")}}
	sampleKey   = app.KeyInfo{ID: "k1", Product: "Sample Key", Manufacturer: "Harbour", Ready: true, HasPIN: true, PINRetries: 8, MinPINLength: 4}
)

func atKey(t *testing.T, use app.UseKey) *keyStage {
	s := &keyStage{stage: newStage(t), keys: &driver{here: make(chan []app.KeyInfo, 1), runs: make(chan *keyTrial, 1)}}
	s.start = func(app.Start) (app.Flow, error) { return flow(1, use), nil }
	s.w = s.open(func(o *Options) { o.Keys = s.keys })
	s.w.Go(Route{Place: PlaceFlow, Purpose: app.PurposeReset})
	t.Cleanup(func() {
		s.w.Close()
		s.allEnd()
	})
	return s
}

// allEnd waits until nothing works for the page any more.
func (s *keyStage) allEnd() {
	s.t.Helper()
	ended := make(chan struct{})
	go func() { s.follow.Wait(); close(ended) }()
	hear(s.stage, "all that was begun for the page has ended", ended)
}

// plug says which keys are there.
func (s *keyStage) plug(here ...app.KeyInfo) { s.keys.here <- here }

// begun waits until the driver runs.
func (s *keyStage) begun() *keyTrial {
	s.t.Helper()
	s.trial = hear(s.stage, "the driver runs", s.keys.runs)
	return s.trial
}

func (s *keyStage) end(answer app.KeyAnswer, err error) { s.trial.end <- keyEnd{answer, err} }

func (s *keyStage) see(words string) {
	s.t.Helper()
	s.until("the page says "+words, func() bool { return says(s.w, words) })
}

// ask has the driver ask for a PIN, and gives what it got.
func (s *keyStage) ask(state app.KeyState) <-chan string {
	got := make(chan string, 1)
	trial := s.trial
	go func() {
		pin, err := trial.talk.PIN(trial.ctx, state)
		if err != nil {
			got <- string(app.CodeOf(err))
			return
		}
		got <- pin.Reveal()
	}()
	return got
}

func TestAKeyIsUsedAsSoonAsItIsPluggedIn(t *testing.T) {
	s := atKey(t, proving)
	mustSay(t, s.w, text("key.plug.heading"))
	asked := sampleKey
	asked.Ready = false
	s.plug(asked)
	s.see(text("key.here.heading"))
	select {
	case <-s.keys.runs:
		t.Fatal("a key is used before it said what it is")
	default:
	}
	s.plug(sampleKey)
	if got := s.begun().use; !reflect.DeepEqual(got, proving) {
		t.Errorf("ran %+v", got)
	}
	s.answer = func(app.Input) (app.Flow, error) { return flow(2, app.NewPassword{}), nil }
	s.end(app.KeyAnswer{Signature: []byte("s")}, nil)
	s.until("the answer is sent", func() bool { return len(s.sent) == 1 })
	if want := (app.GiveKey{Answer: app.KeyAnswer{Signature: []byte("s")}}); !reflect.DeepEqual(s.sent[0].in, want) {
		t.Errorf("sent %+v", s.sent[0].in)
	}
	mustBeAt(t, s.w, "new_password")
}

func TestATouchIsAskedForAfterAMoment(t *testing.T) {
	s := atKey(t, proving)
	s.plug(sampleKey)
	trial := s.begun()
	ctx, done := context.WithCancel(trial.ctx)
	trial.talk.Touch(ctx, app.KeyState{Key: sampleKey, Want: app.KeyWantsTouch})
	s.awaitTouch()
	s.pass(touchAfter - 1)
	mustNotSay(t, s.w, text("key.touch.heading"))
	s.pass(1)
	mustSay(t, s.w, text("key.touch.heading"))
	picture := picture(t, s.w)
	if picture.State() != kit.KeyWaiting {
		t.Errorf("the picture shows %d", picture.State())
	}
	done()
	trial.talk.Touch(ctx, app.KeyState{Key: sampleKey, Want: app.KeyWantsFinger})
	s.awaitTouch()
	s.pass(time.Second)
	mustNotSay(t, s.w, text("key.finger.heading"))
	trial.talk.Touch(trial.ctx, app.KeyState{Key: sampleKey, Want: app.KeyWantsFinger, Last: &app.Error{Code: app.CodeKeyFingerWrong, TriesLeft: 2}})
	s.awaitTouch()
	s.pass(touchAfter)
	mustSay(t, s.w, text("key.finger.heading"))
	mustSay(t, s.w, "The security key does not know this finger. You have 2 tries left.")
	s.w.home()
	if picture.Moving() {
		t.Error("the picture moves on a page that was left")
	}
}

// awaitTouch waits until the page has heard that the key waits for a touch.
func (s *keyStage) awaitTouch() {
	s.t.Helper()
	s.until("the page hears of the touch", func() bool {
		return slices.ContainsFunc(s.timers, func(t *timer) bool { return !t.stopped && t.at.Equal(s.now.Add(touchAfter)) })
	})
}

func picture(t *testing.T, w *Window) *kit.KeyArt {
	t.Helper()
	var found *kit.KeyArt
	kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
		if a, is := o.(*kit.KeyArt); is {
			found = a
		}
		return found != nil
	})
	if found == nil {
		t.Fatal("there is no picture")
	}
	return found
}

func TestAWrongPINSaysHowManyTriesAreLeft(t *testing.T) {
	s := atKey(t, proving)
	s.plug(sampleKey)
	s.begun()
	got := s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsPIN})
	s.see("PIN of Sample Key")
	tap(t, s.w, "page.next")
	mustSay(t, s.w, text("key.pin.empty"))
	first := field(t, s.w, "key.pin")
	if s.w.win.Canvas().Focused() != first.Entry() {
		t.Error("the focus is not in the field")
	}
	test.Type(first.Entry(), "1111")
	mustNotSay(t, s.w, "1111")
	first.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if pin := <-got; pin != "1111" {
		t.Errorf("the key got %q", pin)
	}
	mustSay(t, s.w, text("key.here.heading"))

	few := sampleKey
	few.PINRetries = 2
	got = s.ask(app.KeyState{Key: few, Want: app.KeyWantsPIN, Last: &app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 2}})
	s.see("That is not the key's PIN. You have 2 tries left.")
	mustSay(t, s.w, plural("key.pin.few", 2))
	second := field(t, s.w, "key.pin")
	if second.Text() != "" {
		t.Error("the wrong PIN stands there still")
	}
	test.Type(second.Entry(), "2222")
	s.w.home()
	if code := <-got; code != string(app.CodeKeyCancelled) || second.Text() != "" || first.Text() != "" {
		t.Errorf("after leaving, the driver got %q, the fields hold %q and %q", code, first.Text(), second.Text())
	}
}

func TestANewPINIsTypedTwiceByTheKeysRules(t *testing.T) {
	s := atKey(t, registering)
	blank := sampleKey
	blank.HasPIN, blank.MinPINLength = false, 6
	s.plug(blank)
	s.begun()
	got := s.ask(app.KeyState{Key: blank, Want: app.KeyWantsNewPIN})
	s.see(text("key.new.heading"))
	mustSay(t, s.w, text("key.new.rule", vars{"min": 6}))
	new, again := field(t, s.w, "key.new"), field(t, s.w, "key.repeat")
	for _, c := range []struct{ new, again, says string }{
		{"12345", "12345", "This PIN is too short. The security key wants at least 6 characters."},
		{strings.Repeat("ä", 32), strings.Repeat("ä", 32), text("key.new.long")},
		{"123456", "123457", text("key.new.mismatch")},
	} {
		new.SetText(c.new)
		again.SetText(c.again)
		tap(t, s.w, "page.next")
		mustSay(t, s.w, c.says)
	}
	again.SetText("123456")
	tap(t, s.w, "page.next")
	if pin := <-got; pin != "123456" {
		t.Errorf("the key got %q", pin)
	}
	s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsNewPIN, Last: &app.Error{Code: app.CodeKeyPINPolicy}})
	s.see(text("error.key_pin_policy"))
	mustSay(t, s.w, text("key.change.heading"))
	forced := sampleKey
	forced.ForcePINChange = true
	s.ask(app.KeyState{Key: forced, Want: app.KeyWantsPIN, Last: &app.Error{Code: app.CodeKeyUVBlocked}})
	s.see(text("key.pin.lead_change"))
	mustSay(t, s.w, text("error.key_uv_blocked"))
}

func TestEachTroubleHasItsWordsAndAWayOn(t *testing.T) {
	for code, heading := range map[app.Code]string{
		app.CodeKeyAuthBlocked: "key.trouble.pause", app.CodeKeyPINBlocked: "key.trouble.blocked", app.CodeKeyExcluded: "key.trouble.excluded",
		app.CodeKeyNoCredential: "key.trouble.strange", app.CodeKeyTimeout: "key.trouble.timeout", app.CodeKeyTouchRefused: "key.trouble.other",
		app.CodeKeyFull: "key.trouble.other", app.CodeKeyBusy: "key.trouble.other", app.CodeKeyFailed: "key.trouble.other",
		app.CodeKeyUnsupported: "key.trouble.other", app.CodeKeyNoPIN: "key.trouble.other", app.CodeKeyCancelled: "key.trouble.other",
	} {
		s := atKey(t, registering)
		s.plug(sampleKey)
		s.begun()
		s.end(app.KeyAnswer{}, &app.Error{Code: code})
		s.see(text(heading))
		mustSay(t, s.w, text("error."+string(code)))
		if blocked := code == app.CodeKeyAuthBlocked || code == app.CodeKeyPINBlocked; blocked {
			if kit.Find(s.w.Root(), "key.again") != nil {
				t.Errorf("%s: it can be tried again, to no avail", code)
			}
		} else {
			tap(t, s.w, "key.again")
			s.begun()
			s.end(app.KeyAnswer{}, &app.Error{Code: code})
			s.see(text(heading))
		}
		s.plug()
		back := sampleKey
		back.ID = "k2"
		s.plug(back)
		s.begun() // by itself, since it was plugged in anew
	}
}

func TestAKeyTakenOutInTheMiddleIsWaitedFor(t *testing.T) {
	s := atKey(t, registering)
	s.plug(sampleKey)
	s.begun()
	s.end(app.KeyAnswer{}, &app.Error{Code: app.CodeKeyGone})
	s.see(text("key.plug.heading"))
	mustSay(t, s.w, text("error.key_gone"))
	s.plug(sampleKey) // the list is behind: this one is out
	s.plug()
	back := sampleKey
	back.ID = "k2"
	s.plug(back)
	s.begun()
	mustNotSay(t, s.w, text("error.key_gone"))
	select {
	case <-s.keys.runs:
		t.Error("the key that was taken out was used again")
	default:
	}
}

func TestAKeyThatMayNotBeOpenedShowsTheRule(t *testing.T) {
	s := atKey(t, proving)
	shut := app.KeyInfo{ID: "k1", Trouble: &app.Error{Code: app.CodeKeyNoPermission,
		Params: map[string]string{"udev": `KERNEL=="hidraw*", TAG+="uaccess"`, "file": "/etc/udev/rules.d/70-security-key.rules"}}}
	s.plug(shut)
	s.see(`KERNEL=="hidraw*", TAG+="uaccess"`)
	tap(t, s.w, "key.copy")
	if got := s.w.app.Clipboard().Content(); got != `KERNEL=="hidraw*", TAG+="uaccess"` {
		t.Errorf("copied %q", got)
	}
	s.plug()
	s.see(text("key.plug.heading"))
	s.plug(shut)
	s.see(text("key.trouble.permission"))
	s.plug(sampleKey) // the rule is there now
	s.begun()
}

func TestOneOfSeveralKeysIsTouchedOrChosen(t *testing.T) {
	s := atKey(t, proving)
	other := app.KeyInfo{ID: "k2", Ready: true}
	s.plug(sampleKey, other)
	trial := s.begun()
	got := make(chan int, 1)
	choose := func(ctx context.Context) {
		i, err := trial.talk.Choose(ctx, []app.KeyInfo{sampleKey, other})
		if err != nil {
			i = -1
		}
		got <- i
	}
	go choose(trial.ctx)
	s.see(text("key.choose.heading"))
	row, can := kit.Find(s.w.Root(), "key.choose.2").(fyne.Focusable)
	if !can {
		t.Fatal("the second key can't be chosen by keyboard")
	}
	row.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if i := <-got; i != 1 {
		t.Errorf("chose %d", i)
	}
	ctx, touched := context.WithCancel(trial.ctx)
	go choose(ctx)
	s.see(text("key.choose.heading"))
	touched()
	s.see(text("key.here.heading"))
	if i := <-got; i != -1 {
		t.Errorf("a touch chose %d on the page", i)
	}
	go func() {
		i, _ := trial.talk.Account(trial.ctx, []app.KeyAccount{{Name: "ana", DisplayName: "Ana Ruiz"}, {}})
		got <- i
	}()
	s.see("Ana Ruiz")
	mustSay(t, s.w, "Account 2")
	tap(t, s.w, "key.account.1")
	if i := <-got; i != 0 {
		t.Errorf("took account %d", i)
	}
}

func TestCancellingEndsTheConversation(t *testing.T) {
	leave := map[string]func(*keyStage){
		"Cancel": func(s *keyStage) { tap(s.t, s.w, "page.cancel") },
		"Escape": func(s *keyStage) { s.w.onKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) },
		"Close":  func(s *keyStage) { s.w.Close() },
	}
	for name, do := range leave {
		s := atKey(t, proving)
		s.plug(sampleKey)
		trial := s.begun()
		got := s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsPIN})
		s.see(text("key.pin.heading"))
		do(s)
		<-trial.ctx.Done()
		if code := <-got; code != string(app.CodeKeyCancelled) {
			t.Errorf("%s: the driver got %q", name, code)
		}
		s.allEnd()
		if len(s.sent) != 0 {
			t.Errorf("%s: %v was sent", name, s.sent)
		}
	}
}

func TestAStepBackEndsTheConversationEvenIfItFails(t *testing.T) {
	s := atKey(t, proving)
	s.w.talk.flow.CanBack = true
	s.plug(sampleKey)
	trial := s.begun()
	got := s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsPIN})
	s.see(text("key.pin.heading"))
	typed := field(t, s.w, "key.pin")
	typed.SetText("1234")
	s.answer = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	s.w.onKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	<-trial.ctx.Done()
	if code := <-got; code != string(app.CodeKeyCancelled) || typed.Text() != "" {
		t.Errorf("the driver got %q, the field holds %q", code, typed.Text())
	}
	if len(s.sent) != 1 || s.sent[0].in != (app.Back{}) {
		t.Errorf("sent %+v", s.sent)
	}
	mustSay(t, s.w, text("error.offline"))
}

func TestAKeyThatWasMadeIsNamed(t *testing.T) {
	s := atKey(t, registering)
	s.plug(sampleKey)
	s.begun()
	made := app.KeyAnswer{AttestationObject: []byte("a"), Product: "Sample Key"}
	s.end(made, nil)
	s.see(text("key.name.heading"))
	name := field(t, s.w, "key.name")
	if name.Text() != "Sample Key" {
		t.Errorf("%q is suggested", name.Text())
	}
	test.Type(name.Entry(), strings.Repeat("n", 41)) // over what is selected
	tap(t, s.w, "page.next")
	mustSay(t, s.w, text("key.name.long", vars{"max": 40}))
	name.SetText("  ")
	tap(t, s.w, "page.next")
	mustSay(t, s.w, text("key.name.empty"))
	for _, e := range []*app.Error{{Code: app.CodeBadRequest, Field: "name"}, {Code: app.CodeOffline}} {
		s.answer = func(app.Input) (app.Flow, error) {
			if e.Code == app.CodeOffline {
				return app.Flow{}, e
			}
			return flow(1, registering), e
		}
		name.SetText("Blue key")
		tap(t, s.w, "page.next")
		mustSay(t, s.w, text("error."+string(e.Code)))
		if field(t, s.w, "key.name") != name || name.Text() != "Blue key" {
			t.Fatalf("after %s, what was typed is lost", e.Code)
		}
	}
	if want := (app.GiveKey{Answer: made, Name: "Blue key"}); !reflect.DeepEqual(s.sent[0].in, want) {
		t.Errorf("sent %+v", s.sent[0].in)
	}
	anew := app.UseKey{Create: &app.KeyCreate{Challenge: []byte("c3")}}
	s.answer = func(app.Input) (app.Flow, error) { return flow(2, anew), &app.Error{Code: app.CodeKeyExcluded} }
	tap(t, s.w, "page.next")
	mustSay(t, s.w, text("error.key_excluded"))
	s.plug(sampleKey)
	s.until("the list arrived", func() bool { return len(s.w.screen.(*keyScreen).here) == 1 })
	mustSay(t, s.w, text("error.key_excluded")) // until the person tries again
	tap(t, s.w, "key.again")
	if got := s.begun().use; !reflect.DeepEqual(got, anew) {
		t.Errorf("the next try is for %+v", got)
	}
}

func TestARefusedAnswerIsMadeAnew(t *testing.T) {
	s := atKey(t, proving)
	s.plug(sampleKey)
	s.begun()
	anew := app.UseKey{Get: &app.KeyGet{Challenge: []byte("c3")}}
	s.answer = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	s.end(app.KeyAnswer{Signature: []byte("s")}, nil)
	s.see(text("error.offline"))
	s.answer = func(app.Input) (app.Flow, error) {
		return flow(2, anew), &app.Error{Code: app.CodeKeyAnswer, TriesLeft: 4}
	}
	tap(t, s.w, "page.retry")
	if len(s.sent) != 2 || s.sent[0].key != s.sent[1].key {
		t.Errorf("sent %+v", s.sent)
	}
	mustSay(t, s.w, text("error.key_answer_wrong"))
	mustSay(t, s.w, "You have 4 tries left.")
	tap(t, s.w, "key.again")
	if got := s.begun().use; !reflect.DeepEqual(got, anew) {
		t.Errorf("the next try is for %+v", got)
	}
}

func TestNoFaceOfTheKeyPageIsCut(t *testing.T) {
	e := &app.Error{Code: app.CodeKeyNoPermission, Params: map[string]string{"file": "/etc/udev/rules.d/70-security-key.rules",
		"udev": `KERNEL=="hidraw*", SUBSYSTEM=="hidraw", ATTRS{idVendor}=="1209", ATTRS{idProduct}=="beee", TAG+="uaccess"`}}
	few := sampleKey
	few.PINRetries = 1
	pick, give := func(int) {}, func(app.Secret) {}
	s := atKey(t, proving)
	page := s.w.screen.(*keyScreen)
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		s.w.win.Resize(size)
		for name, face := range map[string]func() kit.PageSpec{
			"plug": page.plugIn, "working": page.working, "answered": page.answered,
			"touch":    page.touch(app.KeyState{Want: app.KeyWantsFinger, Last: &app.Error{Code: app.CodeKeyFingerWrong, TriesLeft: 1}}),
			"choose":   page.choose([]app.KeyInfo{sampleKey, sampleKey}, pick),
			"accounts": page.accounts([]app.KeyAccount{{Name: "ana"}, {DisplayName: "Ana"}}, pick),
			"pin":      page.pin(app.KeyState{Key: few, Last: &app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 1}}, give),
			"new":      page.newPIN(app.KeyState{Key: sampleKey}, give),
			"trouble":  page.trouble(&app.Error{Code: app.CodeKeyPINBlocked}), "permission": page.trouble(e),
		} {
			page.turn(face)
			kit.Walk(s.w.Root(), func(o fyne.CanvasObject) bool {
				if words, is := o.(*canvas.Text); is && words.Text != "" {
					uncut(t, s.w, "key: "+name, words)
				}
				return false
			})
		}
	}
}
