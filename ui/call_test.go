package ui

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

func ringing() app.ConfirmOnPhone {
	return app.ConfirmOnPhone{Digits: "42", Masked: "+44 ••••••00", TriesLeft: 5,
		Expires: serverNoon().Add(5 * time.Minute), ResendAt: serverNoon().Add(30 * time.Second)}
}

// TestTheTelephoneLeadsOn reads the flow every two seconds, and shows what the telephone led to.
func TestTheTelephoneLeadsOn(t *testing.T) {
	s := newStage(t)
	read, now := 0, flowAt(1, ringing())
	s.answer = func(in app.Input) (app.Flow, error) {
		if in == nil {
			read++
		}
		return now, nil
	}
	w := s.at(now)
	mustSay(t, w, "42")
	mustSay(t, w, "We are calling +44 ••••••00. It can take a moment.")
	s.pass(11 * time.Second)
	if read < 4 || read > 6 || len(s.sent) != 0 || w.Busy() {
		t.Errorf("read %d times in 11 s; %d inputs", read, len(s.sent))
	}
	now = flowAt(2, app.NewPassword{Rules: app.PasswordRules{MinLength: 15}})
	s.pass(3 * time.Second)
	mustBeAt(t, w, "new_password")
	read = 0
	s.pass(time.Minute)
	if read != 0 {
		t.Errorf("a page that was left read %d times", read)
	}
}

// TestWrongDigitsAreTold and the old ones are shown no more; the next call has others.
func TestWrongDigitsAreTold(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, ringing()))
	wrong := ringing()
	wrong.Over, wrong.TriesLeft = true, 4
	told := flowAt(2, wrong)
	told.Notice = &app.Notice{Code: app.NoticeCallWrong, Kind: app.KindVoice}
	s.answer = func(app.Input) (app.Flow, error) { return told, nil }
	s.pass(3 * time.Second)
	mustSay(t, w, words.Text("notice.call_wrong"))
	mustSay(t, w, words.Text("call.over"))
	mustNotSay(t, w, "42")
	if kit.Find(w.Root(), "call.resend").(*kit.Button).Disabled() == false {
		t.Error("a new call opens before its time")
	}
	s.pass(30 * time.Second)
	next := ringing()
	next.Digits = "17"
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(3, next), nil }
	tap(t, w, "call.resend")
	if len(s.sent) != 1 || s.sent[0].in != (app.Resend{}) {
		t.Fatalf("sent %+v", s.sent)
	}
	mustSay(t, w, "17")
}

// TestALostServerIsToldWhileItLasts and an older answer than the page's changes nothing.
func TestALostServerIsToldWhileItLasts(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(5, ringing()))
	s.answer = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	s.pass(3 * time.Second)
	mustSay(t, w, words.Text("error.offline"))
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(4, app.NewPassword{}), nil }
	s.pass(3 * time.Second)
	mustBeAt(t, w, "call")
	mustNotSay(t, w, words.Text("error.offline"))
	s.answer = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeExpired} }
	s.pass(3 * time.Second)
	mustBeAt(t, w, "ended")
}

// TestLeavingStopsReading cancels a reading that is under way.
func TestLeavingStopsReading(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, ringing()))
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(2, app.NewPassword{}), nil }
	s.hold = true
	s.pass(3 * time.Second)
	if len(s.held) != 1 {
		t.Fatalf("%d readings are under way", len(s.held))
	}
	s.hold = false
	w.Home()
	s.release()
	mustBeAt(t, w, "home")
}

// TestTheSampleTelephone types digits in the tray, and says what the voice answers.
func TestTheSampleTelephone(t *testing.T) {
	for want, heard := range map[string]error{
		"tray.call.right": nil, "tray.call.wrong": &app.Error{Code: app.CodeWrongCode}, "tray.call.over": &app.Error{Code: app.CodeNotNow},
	} {
		s := newStage(t)
		s.heard = heard
		s.tray = []app.Message{{ID: "1", Channel: app.KindVoice, To: "+442079460000", Template: app.MessageCall, Call: "f1.x", At: serverNoon()}}
		w := s.open(func(o *Options) { o.Trial = s.trial() })
		w.Window().Resize(fyne.NewSize(1400, 800))
		tap(t, w, "banner.tray")
		mustSay(t, w, words.Text("message.call.body"))
		tap(t, w, "tray.type")
		if len(s.typed) != 0 {
			t.Errorf("nothing was typed, and sent %q", s.typed)
		}
		test.Type(field(t, w, "tray.digits").Entry(), "42")
		w.side.(*Tray).draw(s.tray)
		if field(t, w, "tray.digits").Text() != "42" {
			t.Error("another message took what was typed")
		}
		tap(t, w, "tray.type")
		if len(s.typed) != 1 || s.typed[0] != "f1.x 42" {
			t.Errorf("typed %q", s.typed)
		}
		mustSay(t, w, words.Text(want))
	}
}

func caption(b *kit.Button) string { return strings.Join(kit.Texts(b), " ") }

// TestACallIsPlayed plays the code's own words, and stops when it is told to, when the tray is closed, and before another.
func TestACallIsPlayed(t *testing.T) {
	s := newStage(t)
	s.tray = []app.Message{
		{ID: "1", Channel: app.KindVoice, To: "+442079460000", Template: app.MessageCode, Code: "042917", At: serverNoon()},
		{ID: "2", Channel: app.KindVoice, To: "+442079460000", Template: app.MessageCall, Call: "f1.x", At: serverNoon()},
	}
	var heard [][]byte
	var playing []context.Context
	w := s.open(func(o *Options) {
		o.Trial = s.trial()
		o.Play = func(ctx context.Context, wav []byte) error {
			s.guard("Play")
			heard, playing = append(heard, wav), append(playing, ctx)
			return nil
		}
	})
	w.Window().Resize(fyne.NewSize(1400, 800))
	tap(t, w, "banner.tray")
	code, two := w.side.(*Tray).handsets["1"].play, w.side.(*Tray).handsets["2"].play
	code.Tapped(nil)
	two.Tapped(nil)
	asked, err := prompt.TwoDigits()
	spoken, err2 := prompt.Code("042917")
	if err != nil || err2 != nil || len(heard) != 2 || !bytes.Equal(heard[0], spoken) || !bytes.Equal(heard[1], asked) {
		t.Fatalf("%d sounds, %v, %v", len(heard), err, err2)
	}
	s.hold = true
	code.Tapped(nil)
	if caption(code) != words.Text("tray.stop") {
		t.Errorf("while it plays the button says %q", caption(code))
	}
	s.release()
	if caption(code) != words.Text("tray.play") {
		t.Errorf("afterwards the button says %q", caption(code))
	}
	for _, stop := range []func(){func() { code.Tapped(nil) }, func() { two.Tapped(nil) }, func() { tap(t, w, "banner.tray") }, w.Close} {
		s.hold, s.held = true, nil
		code.Tapped(nil)
		stop()
		held := s.held[0]
		s.hold, s.held = false, nil
		if held(); playing[len(playing)-1].Err() == nil {
			t.Error("it plays on")
		}
		w.side.(*Tray).hush()
	}
	w = s.open(func(o *Options) {
		o.Trial = s.trial()
		o.Play = func(context.Context, []byte) error { return errors.New("no player") }
	})
	code = w.side.(*Tray).handsets["1"].play
	w.Window().Resize(fyne.NewSize(1400, 800))
	tap(t, w, "banner.tray")
	mustNotSay(t, w, words.Text("tray.no_sound"))
	if code.Tapped(nil); code.Visible() {
		t.Error("what can't be played can be played")
	}
	mustSay(t, w, words.Text("tray.no_sound"))
}
