package ui

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

func TestAKeyIsUsedAsSoonAsItIsPluggedIn(t *testing.T) {
	s := atKey(t, proving)
	mustSay(t, s.w, words.Text("key.plug.heading"))
	asked := sampleKey
	asked.Ready = false
	s.plug(asked)
	s.see(words.Text("key.here.heading"))
	select {
	case <-s.keys.runs:
		t.Fatal("a key is used before it said what it is")
	default:
	}
	s.plug(sampleKey)
	if got := s.begun().use; !reflect.DeepEqual(got, proving) {
		t.Errorf("ran %+v", got)
	}
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(2, app.NewPassword{}), nil }
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
	mustNotSay(t, s.w, words.Text("key.touch.heading"))
	s.pass(1)
	mustSay(t, s.w, words.Text("key.touch.heading"))
	picture := picture(t, s.w)
	if picture.State() != kit.KeyWaiting {
		t.Errorf("the picture shows %d", picture.State())
	}
	done()
	trial.talk.Touch(ctx, app.KeyState{Key: sampleKey, Want: app.KeyWantsFinger})
	s.awaitTouch()
	s.pass(time.Second)
	mustNotSay(t, s.w, words.Text("key.finger.heading"))
	trial.talk.Touch(trial.ctx, app.KeyState{Key: sampleKey, Want: app.KeyWantsFinger, Last: &app.Error{Code: app.CodeKeyFingerWrong, TriesLeft: 2}})
	s.awaitTouch()
	s.pass(touchAfter)
	mustSay(t, s.w, words.Text("key.finger.heading"))
	mustSay(t, s.w, "The security key does not know this finger. You have 2 tries left.")
	s.w.Home()
	if picture.Moving() {
		t.Error("the picture moves on a page that was left")
	}
}

func TestAWrongPINSaysHowManyTriesAreLeft(t *testing.T) {
	s := atKey(t, proving)
	s.plug(sampleKey)
	s.begun()
	got := s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsPIN})
	s.see("PIN of Sample Key")
	tap(t, s.w, "page.next")
	mustSay(t, s.w, words.Text("key.pin.empty"))
	first := field(t, s.w, "key.pin")
	if s.w.Window().Canvas().Focused() != first.Entry() {
		t.Error("the focus is not in the field")
	}
	test.Type(first.Entry(), "1111")
	mustNotSay(t, s.w, "1111")
	first.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if pin := <-got; pin != "1111" {
		t.Errorf("the key got %q", pin)
	}
	mustSay(t, s.w, words.Text("key.here.heading"))

	few := sampleKey
	few.PINRetries = 2
	got = s.ask(app.KeyState{Key: few, Want: app.KeyWantsPIN, Last: &app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 2}})
	s.see("That is not the key's PIN. You have 2 tries left.")
	mustSay(t, s.w, words.Plural("key.pin.few", 2))
	second := field(t, s.w, "key.pin")
	if second.Text() != "" {
		t.Error("the wrong PIN stands there still")
	}
	test.Type(second.Entry(), "2222")
	s.w.Home()
	if code := hear(s.stage, "the driver gets its answer", got); code != string(app.CodeKeyCancelled) || second.Text() != "" || first.Text() != "" {
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
	s.see(words.Text("key.new.heading"))
	mustSay(t, s.w, "At least 6 characters: digits, letters, or both")
	mustSay(t, s.w, words.Text("key.new.lost"))
	new, again := field(t, s.w, "key.new"), field(t, s.w, "key.repeat")
	for _, c := range []struct{ new, again, says string }{
		{"12345", "12345", "This PIN is too short. The security key wants at least 6 characters."},
		{strings.Repeat("ä", 32), strings.Repeat("ä", 32), words.Text("key.new.long")},
		{"123456", "123457", words.Text("key.new.mismatch")},
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
	mustNotSay(t, s.w, words.Text("key.new.lead_prove"))
	s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsNewPIN, Last: &app.Error{Code: app.CodeKeyPINPolicy}})
	s.see(words.Text("error.key_pin_policy"))
	mustSay(t, s.w, words.Text("key.change.heading"))
	forced := sampleKey
	forced.ForcePINChange = true
	s.ask(app.KeyState{Key: forced, Want: app.KeyWantsPIN, Last: &app.Error{Code: app.CodeKeyUVBlocked}})
	s.see(words.Text("key.pin.lead_change"))
	mustSay(t, s.w, words.Text("error.key_uv_blocked"))
}

func TestAKeyThatIsKnownGetsAPIN(t *testing.T) {
	s := atKey(t, proving)
	blank := sampleKey
	blank.HasPIN = false
	s.plug(blank)
	s.begun()
	s.ask(app.KeyState{Key: blank, Want: app.KeyWantsNewPIN})
	s.see("It has none, and your organisation asks for one now. It stays on the key.")
}

func TestNoFaceOfTheKeyPageIsCut(t *testing.T) {
	e := &app.Error{Code: app.CodeKeyNoPermission, Params: map[string]string{"file": "/etc/udev/rules.d/70-security-key.rules",
		"udev": `KERNEL=="hidraw*", SUBSYSTEM=="hidraw", ATTRS{idVendor}=="1209", ATTRS{idProduct}=="beee", TAG+="uaccess"`}}
	few := sampleKey
	few.PINRetries = 1
	pick, give := func(int) {}, func(app.Secret) {}
	s := atKey(t, proving)
	page := s.w.Shown().(*keyPage)
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		s.w.Window().Resize(size)
		for name, face := range map[string]func() kit.PageSpec{
			"plug": page.plugIn, "working": page.working, "answered": page.answered,
			"touch":    page.touch(app.KeyState{Want: app.KeyWantsFinger, Last: &app.Error{Code: app.CodeKeyFingerWrong, TriesLeft: 1}}),
			"choose":   page.choose([]app.KeyInfo{sampleKey, sampleKey}, pick),
			"accounts": page.accounts([]app.KeyAccount{{Name: "ana"}, {DisplayName: "Ana"}}, pick),
			"pin":      page.pin(app.KeyState{Key: few, Last: &app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 1}}, give),
			"new":      page.newPIN(app.KeyState{Key: sampleKey}, give),
			"trouble":  page.trouble(&app.Error{Code: app.CodeKeyPINBlocked}), "permission": page.trouble(e),
		} {
			page.showStage(face)
			onKeyboard(t, s.w, fmt.Sprintf("key: %s at %v", name, size))
			kit.Walk(s.w.Root(), func(o fyne.CanvasObject) bool {
				if words, is := o.(*canvas.Text); is && words.Text != "" {
					uncut(t, s.w, "key: "+name, words)
				}
				return false
			})
		}
	}
}
