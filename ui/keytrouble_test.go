package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

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
		hear(s.stage, "the driver is told to stop", trial.ctx.Done())
		if code := hear(s.stage, "the driver gets its answer", got); code != string(app.CodeKeyCancelled) {
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
	hear(s.stage, "the driver is told to stop", trial.ctx.Done())
	if code := hear(s.stage, "the driver gets its answer", got); code != string(app.CodeKeyCancelled) || typed.Text() != "" {
		t.Errorf("the driver got %q, the field holds %q", code, typed.Text())
	}
	if len(s.sent) != 1 || s.sent[0].in != (app.Back{}) {
		t.Errorf("sent %+v", s.sent)
	}
	mustSay(t, s.w, text("error.offline"))
}
