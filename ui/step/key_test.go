package step_test

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
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestAKeyIsUsedAsSoonAsItIsPluggedIn(t *testing.T) {
	s := atKey(t, proving)
	uitest.MustSay(t, s.w, words.Text("key.plug.heading"))
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
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.NewPassword{}), nil }
	s.end(app.KeyAnswer{Signature: []byte("s")}, nil)
	s.Until("the answer is sent", func() bool { return len(s.Sent) == 1 })
	if want := (app.GiveKey{Answer: app.KeyAnswer{Signature: []byte("s")}}); !reflect.DeepEqual(s.Sent[0].In, want) {
		t.Errorf("sent %+v", s.Sent[0].In)
	}
	uitest.MustBeAt(t, s.w, "new_password")
}

func TestATouchIsAskedForAfterAMoment(t *testing.T) {
	s := atKey(t, proving)
	s.plug(sampleKey)
	trial := s.begun()
	ctx, done := context.WithCancel(trial.ctx)
	trial.talk.Touch(ctx, app.KeyState{Key: sampleKey, Want: app.KeyWantsTouch})
	s.awaitTouch()
	s.Pass(step.TouchAfter - 1)
	uitest.MustNotSay(t, s.w, words.Text("key.touch.heading"))
	s.Pass(1)
	uitest.MustSay(t, s.w, words.Text("key.touch.heading"))
	picture := picture(t, s.w)
	if picture.State() != kit.KeyWaiting {
		t.Errorf("the picture shows %d", picture.State())
	}
	done()
	trial.talk.Touch(ctx, app.KeyState{Key: sampleKey, Want: app.KeyWantsFinger})
	s.awaitTouch()
	s.Pass(time.Second)
	uitest.MustNotSay(t, s.w, words.Text("key.finger.heading"))
	trial.talk.Touch(trial.ctx, app.KeyState{Key: sampleKey, Want: app.KeyWantsFinger, Last: &app.Error{Code: app.CodeKeyFingerWrong, TriesLeft: 2}})
	s.awaitTouch()
	s.Pass(step.TouchAfter)
	uitest.MustSay(t, s.w, words.Text("key.finger.heading"))
	uitest.MustSay(t, s.w, "The security key does not know this finger. You have 2 tries left with a finger.")
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
	uitest.Tap(t, s.w, "page.next")
	uitest.MustSay(t, s.w, words.Text("key.pin.empty"))
	first := uitest.Field(t, s.w, "key.pin")
	if s.w.Window().Canvas().Focused() != first.Entry() {
		t.Error("the focus is not in the field")
	}
	test.Type(first.Entry(), "1111")
	uitest.MustNotSay(t, s.w, "1111")
	first.Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if pin := <-got; pin != "1111" {
		t.Errorf("the key got %q", pin)
	}
	uitest.MustSay(t, s.w, words.Text("key.here.heading"))

	few := sampleKey
	few.PINRetries = 2
	got = s.ask(app.KeyState{Key: few, Want: app.KeyWantsPIN, Last: &app.Error{Code: app.CodeKeyPINWrong, TriesLeft: 2}})
	s.see("That is not the key's PIN. You have 2 tries left.")
	uitest.MustSay(t, s.w, words.Plural("key.pin.few", 2))
	second := uitest.Field(t, s.w, "key.pin")
	if second.Text() != "" {
		t.Error("the wrong PIN stands there still")
	}
	test.Type(second.Entry(), "2222")
	s.w.Home()
	if code := uitest.Hear(s.Stage, "the driver gets its answer", got); code != string(app.CodeKeyCancelled) || second.Text() != "" || first.Text() != "" {
		t.Errorf("after leaving, the driver got %q, the fields hold %q and %q", code, first.Text(), second.Text())
	}
}

func TestANewPINIsTypedTwiceByTheKeysRules(t *testing.T) {
	s := atKey(t, registering)
	blank := sampleKey
	blank.PIN, blank.MinPINLength = app.PINUnset, 6
	s.plug(blank)
	s.begun()
	got := s.ask(app.KeyState{Key: blank, Want: app.KeyWantsNewPIN})
	s.see(words.Text("key.new.heading"))
	uitest.MustSay(t, s.w, "At least 6 characters: digits, letters, or both")
	uitest.MustSay(t, s.w, words.Text("key.new.lost"))
	new, again := uitest.Field(t, s.w, "key.new"), uitest.Field(t, s.w, "key.repeat")
	for _, c := range []struct{ new, again, says string }{
		{"12345", "12345", "This PIN is too short. The security key wants at least 6 characters."},
		{strings.Repeat("ä", 32), strings.Repeat("ä", 32), words.Text("key.new.long")},
		{"123456", "123457", words.Text("key.new.mismatch")},
	} {
		new.SetText(c.new)
		again.SetText(c.again)
		uitest.Tap(t, s.w, "page.next")
		uitest.MustSay(t, s.w, c.says)
	}
	again.SetText("123456")
	uitest.Tap(t, s.w, "page.next")
	if pin := <-got; pin != "123456" {
		t.Errorf("the key got %q", pin)
	}
	uitest.MustNotSay(t, s.w, words.Text("key.new.lead_prove"))
	s.ask(app.KeyState{Key: sampleKey, Want: app.KeyWantsNewPIN, Last: &app.Error{Code: app.CodeKeyPINPolicy}})
	s.see(words.Text("error.key_pin_policy"))
	uitest.MustSay(t, s.w, words.Text("key.change.heading"))
	forced := sampleKey
	forced.ForcePINChange = true
	s.ask(app.KeyState{Key: forced, Want: app.KeyWantsPIN, Last: &app.Error{Code: app.CodeKeyUVBlocked}})
	s.see(words.Text("key.pin.lead_change"))
	uitest.MustSay(t, s.w, words.Text("error.key_uv_blocked"))
}

func TestAKeyThatIsKnownGetsAPIN(t *testing.T) {
	s := atKey(t, proving)
	blank := sampleKey
	blank.PIN = app.PINUnset
	s.plug(blank)
	s.begun()
	s.ask(app.KeyState{Key: blank, Want: app.KeyWantsNewPIN})
	s.see("It has none, and your organisation asks for one now. It stays on the key.")
}

func TestNoStageOfTheKeyPageIsCut(t *testing.T) {
	e := &app.Error{Code: app.CodeKeyNoPermission, Params: map[string]string{"file": "/etc/udev/rules.d/70-security-key.rules",
		"udev": `KERNEL=="hidraw*", SUBSYSTEM=="hidraw", ATTRS{idVendor}=="1209", ATTRS{idProduct}=="beee", TAG+="uaccess"`}}
	few := sampleKey
	few.PINRetries = 1
	s := atKey(t, proving)
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		s.w.Window().Resize(size)
		step.EachKeyStage(s.w, few, e, func(name string) {
			uitest.OnKeyboard(t, s.w, fmt.Sprintf("key: %s at %v", name, size))
			uitest.MustNotRepeat(t, s.w, "ext. 4400")
			kit.Walk(s.w.Root(), func(o fyne.CanvasObject) bool {
				if words, is := o.(*canvas.Text); is && words.Text != "" {
					uitest.MustNotCut(t, s.w, "key: "+name, words)
				}
				return false
			})
		})
	}
}
