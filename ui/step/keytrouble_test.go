package step_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestEachTroubleHasItsWordsAndAWayOn(t *testing.T) {
	for code, c := range map[app.Code]struct {
		heading, help string
		stays         bool // trying again with the same key is of no use
	}{
		app.CodeKeyAuthBlocked: {"Take the key out and put it back",
			"Its PIN was wrong too often in a row. Nothing is lost: once the key is back, you can try again.", true},
		app.CodeKeyPINBlocked: {"This key is blocked", "Its PIN was wrong too often. Only a factory reset opens it again, " +
			"on the page “My security key”, and that deletes everything on it.", true},
		app.CodeKeyExcluded: {"This key is registered already",
			"You can use it as it is. To register another one, take this one out and plug the other one in.", true},
		app.CodeKeyNoCredential: {"This key is not registered here",
			"Take it out and plug in the one that you registered.", true},
		app.CodeKeyFull: {"This key is full",
			"It has no room for another sign-in. Delete one on the page “My security key”, or plug in another key.", true},
		app.CodeKeyUnsupported: {"This key can't do that",
			"It lacks what your organisation asks of a key. Plug in another one.", true},
		app.CodeKeyTakesNoPIN: {"This key takes no PIN",
			"Your organisation asks for one, so that nobody else can use the key. Plug in another one.", true},
		app.CodeKeyFailed: {"The key doesn't answer as it should",
			"Take it out, put it back, then try again. If that doesn't help, it may be broken.", false},
		app.CodeKeyTimeout: {"The key doesn't answer", "Take it out, put it back, then try again.", false},
		app.CodeKeyUntouched: {"Nobody touched the key in time",
			"Try again, and touch the key as soon as it blinks. If it has a screen that asks, agree there.", false},
		app.CodeKeyAtWork: {"The key is still busy",
			"It has not ended what it was asked before. Touch it if it blinks, or take it out and put it back.", false},
		app.CodeKeyDisturbed: {"The conversation with the key broke off",
			"Close other programs that use it, then try again. If that doesn't help, take it out and put it back.", false},
		app.CodeKeyRefused: {"The key refuses", "The security key refuses, for a reason of its own (number 0x7f). " +
			"Take it out, put it back, then try again, or use another one.", false},
		app.CodeKeyBusy:      {"Another program is using the key", "Close that program, then try again.", false},
		app.CodeKeyCancelled: {"You cancelled", "Nothing was changed. You can try again.", false},
		app.CodeKeyNoPIN:     {"That did not work", "This security key has no PIN yet. Set one first.", false},
	} {
		s := atKey(t, registering)
		s.plug(sampleKey)
		s.begun()
		e := &app.Error{Code: code, Params: map[string]string{"status": "0x7f"}}
		s.end(app.KeyAnswer{}, e)
		s.see(c.heading)
		uitest.MustSay(t, s.w, c.help)
		uitest.MustSay(t, s.w, "IT help desk") // since there is no other way
		if again := kit.Find(s.w.Root(), "key.again"); c.stays != (again == nil) {
			t.Errorf("%s: it can be tried again: %v", code, again != nil)
		}
		if !c.stays {
			if s.w.Window().Canvas().Focused() != fyne.Focusable(s.w.Shown().Base().Primary) {
				t.Errorf("%s: Enter doesn't try again", code)
			}
			uitest.Tap(t, s.w, "key.again")
			s.begun()
			s.end(app.KeyAnswer{}, e)
			s.see(c.heading)
		}
		s.plug()
		s.see(words.Text("key.plug.heading")) // what was said of the key that is gone is of no use
		back := sampleKey
		back.ID = "k2"
		s.plug(back)
		s.begun() // by itself, since it was plugged in anew
	}
}

// TestATroubleThatStaysCanBeTriedAgainWithAnotherKey that is plugged in beside the first.
func TestATroubleThatStaysCanBeTriedAgainWithAnotherKey(t *testing.T) {
	s := atKey(t, proving)
	step.State(s.w).Others = []app.Choice{{Kind: app.KindEmail}}
	s.plug(sampleKey, app.KeyInfo{ID: "k2", Ready: true})
	s.begun()
	s.end(app.KeyAnswer{}, &app.Error{Code: app.CodeKeyNoCredential})
	s.see(words.Text("key.trouble.strange"))
	uitest.MustSay(t, s.w, "Take it out and plug in the one that you registered. You can also use another way.")
	uitest.MustNotSay(t, s.w, "IT help desk")
	uitest.Tap(t, s.w, "key.again")
	s.begun()
}

// TestABlockedKeyIsNotAskedForItsPIN by the page, since no PIN helps any more.
func TestABlockedKeyIsNotAskedForItsPIN(t *testing.T) {
	s := atKey(t, proving)
	blocked := sampleKey
	blocked.PINRetries = 0
	s.plug(blocked)
	s.begun()
	if code := uitest.Hear(s.Stage, "the driver gets its answer", s.ask(app.KeyState{Key: blocked, Want: app.KeyWantsPIN})); code != string(app.CodeKeyPINBlocked) {
		t.Errorf("the driver got %q", code)
	}
	uitest.MustNotSay(t, s.w, words.Text("key.pin.heading"))
}

// TestWhoWaitsForLongIsTold what may help, for as long as that is so.
func TestWhoWaitsForLongIsTold(t *testing.T) {
	s := atKey(t, proving)
	s.Pass(shell.OfferAfter - 1)
	uitest.MustNotSay(t, s.w, words.Text("key.plug.late"))
	s.Pass(1)
	uitest.MustSay(t, s.w, words.Text("key.plug.late"))
	s.plug(sampleKey)
	s.begun()
	uitest.MustNotSay(t, s.w, words.Text("key.plug.late"))
	s.Pass(shell.OfferAfter - 1)
	uitest.MustNotSay(t, s.w, words.Text("key.here.late"))
	s.Pass(1)
	uitest.MustSay(t, s.w, words.Text("key.here.late"))
	s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsPIN})
	s.see(words.Text("key.pin.heading"))
	s.Pass(time.Minute)
	uitest.MustNotSay(t, s.w, words.Text("key.here.late"))
}

// TestWhoIsWaitedForIsTold what helps where a touch does nothing.
func TestWhoIsWaitedForIsTold(t *testing.T) {
	for want, late := range map[app.KeyWant]string{app.KeyWantsTouch: "key.touch.late", app.KeyWantsFinger: "key.touch.late"} {
		s := atKey(t, proving)
		s.plug(sampleKey)
		trial := s.begun()
		trial.talk.Touch(trial.ctx, app.KeyState{Key: sampleKey, Want: want})
		s.awaitTouch()
		s.Pass(step.TouchAfter)
		s.Pass(keyparts.UntouchedAfter - 1)
		uitest.MustNotSay(t, s.w, words.Text(late))
		s.Pass(1)
		uitest.MustSay(t, s.w, words.Text(late))
		s.end(app.KeyAnswer{}, &app.Error{Code: app.CodeKeyGone})
		s.see(words.Text("key.plug.heading"))
		uitest.MustNotSay(t, s.w, words.Text(late))
	}
	s := atKey(t, proving)
	s.plug(sampleKey, app.KeyInfo{ID: "k2", Ready: true})
	trial := s.begun()
	go func() { _, _ = trial.talk.Choose(trial.ctx, []app.KeyInfo{sampleKey, {ID: "k2"}}) }()
	s.see(words.Text("key.choose.heading"))
	s.Pass(keyparts.UntouchedAfter)
	uitest.MustSay(t, s.w, words.Text("key.choose.late"))
}

// TestWithoutKeysThePageOffersWhatElseThereIs in a build that can't drive them.
func TestWithoutKeysThePageOffersWhatElseThereIs(t *testing.T) {
	f := uitest.FlowAt(1, proving)
	f.Others = []app.Choice{{Kind: app.KindEmail}}
	w := uitest.NewStage(t).At(f)
	uitest.MustSay(t, w, "Security keys can't be used here")
	uitest.MustSay(t, w, "Sparekey on this computer can't talk to them. Use another way, or another computer.")
	if kit.Find(w.Root(), "others.email") == nil {
		t.Error("there is no other way")
	}
}

func TestAKeyTakenOutInTheMiddleIsWaitedFor(t *testing.T) {
	s := atKey(t, registering)
	s.plug(sampleKey)
	s.begun()
	s.end(app.KeyAnswer{}, &app.Error{Code: app.CodeKeyGone})
	s.see(words.Text("key.plug.heading"))
	uitest.MustSay(t, s.w, words.Text("error.key_gone"))
	s.plug(sampleKey) // the list is behind: this one is out
	s.plug()
	back := sampleKey
	back.ID = "k2"
	s.plug(back)
	s.begun()
	uitest.MustNotSay(t, s.w, words.Text("error.key_gone"))
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
	uitest.Tap(t, s.w, "key.copy")
	if got := s.w.Clipboard().Content(); got != `KERNEL=="hidraw*", TAG+="uaccess"` {
		t.Errorf("copied %q", got)
	}
	s.plug()
	s.see(words.Text("key.plug.heading"))
	s.plug(shut)
	s.see(words.Text("key.trouble.permission"))
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
	s.see(words.Text("key.choose.heading"))
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
	s.see(words.Text("key.choose.heading"))
	touched()
	s.see(words.Text("key.here.heading"))
	if i := <-got; i != -1 {
		t.Errorf("a touch chose %d on the page", i)
	}
	go func() {
		i, _ := trial.talk.Account(trial.ctx, []app.KeyAccount{{Name: "ana", DisplayName: "Ana Ruiz"}, {}})
		got <- i
	}()
	s.see("Ana Ruiz")
	uitest.MustSay(t, s.w, "Account 2")
	uitest.Tap(t, s.w, "key.account.1")
	if i := <-got; i != 0 {
		t.Errorf("took account %d", i)
	}
}

func TestCancellingEndsTheRun(t *testing.T) {
	leave := map[string]func(*keyBench){
		"Cancel": func(s *keyBench) { uitest.Tap(s.T, s.w, "page.cancel") },
		"Escape": func(s *keyBench) { s.w.Window().Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape}) },
		"Close":  func(s *keyBench) { s.w.Close() },
	}
	for name, do := range leave {
		s := atKey(t, proving)
		s.plug(sampleKey)
		trial := s.begun()
		got := s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsPIN})
		s.see(words.Text("key.pin.heading"))
		do(s)
		uitest.Hear(s.Stage, "the driver is told to stop", trial.ctx.Done())
		if code := uitest.Hear(s.Stage, "the driver gets its answer", got); code != string(app.CodeKeyCancelled) {
			t.Errorf("%s: the driver got %q", name, code)
		}
		s.allEnd()
		if len(s.Sent) != 0 {
			t.Errorf("%s: %v was sent", name, s.Sent)
		}
	}
}

func TestAStepBackEndsTheRunEvenIfItFails(t *testing.T) {
	s := atKey(t, proving)
	step.State(s.w).CanBack = true
	s.plug(sampleKey)
	trial := s.begun()
	got := s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsPIN})
	s.see(words.Text("key.pin.heading"))
	typed := uitest.Field(t, s.w, "key.pin")
	typed.SetText("1234")
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	s.w.Window().Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	uitest.Hear(s.Stage, "the driver is told to stop", trial.ctx.Done())
	if code := uitest.Hear(s.Stage, "the driver gets its answer", got); code != string(app.CodeKeyCancelled) || typed.Text() != "" {
		t.Errorf("the driver got %q, the field holds %q", code, typed.Text())
	}
	if len(s.Sent) != 1 || s.Sent[0].In != (app.Back{}) {
		t.Errorf("sent %+v", s.Sent)
	}
	uitest.MustSay(t, s.w, words.Text("error.offline"))
}
