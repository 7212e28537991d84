package keycare_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// plugged is the sample key, plugged in for the nth time.
func plugged(id app.KeyID, change ...func(*app.KeyInfo)) app.KeyInfo {
	return careKey(append(change, func(k *app.KeyInfo) { k.ID = id })...)
}

// resettingBench is at the page that guides through a factory reset.
func resettingBench(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, plugged("k1"))
	b.tap("keycare.reset")
	b.at("keycare_reset")
	b.says(words.Text("keycare.reset_lost"))
	b.tap("keycare.reset_begin")
	b.error("keycare.reset_word", "Type the word RESET, so that nothing is deleted by mistake.")
	b.fill("keycare.reset_word", "reset ")
	b.tap("keycare.reset_begin")
	b.at("keycare_resetting")
	b.says("Take it out now.")
	return b
}

func TestAFactoryResetBeginsWhenTheKeyIsBack(t *testing.T) {
	b := resettingBench(t)
	b.plug()
	b.at("keycare_resetting")
	b.says("Put it back.")
	b.plug(plugged("k2", func(k *app.KeyInfo) { k.Ready = false }))
	b.did()
	b.hold = make(chan struct{})
	b.plug(plugged("k2"))
	b.says("Touch it now.")
	if got := <-b.began; got != "reset k2" {
		t.Errorf("the key was told to %s", got)
	}
	close(b.hold)
	b.at("keycare_key")
	b.says(words.Text("keycare.reset_done"))
	b.plug(plugged("k2", noPIN))
	b.says(words.Text("keycare.reset_done"))
	b.says("Set a PIN first")
	uitest.MustNotSay(t, b.w, words.Text("keycare.no_pin_hint")) // it was just said
}

// TestAFactoryResetThatTakesLongSaysWhatHelps, at each of its waits.
func TestAFactoryResetThatTakesLongSaysWhatHelps(t *testing.T) {
	b := resettingBench(t)
	b.plug()
	b.Pass(shell.OfferAfter)
	b.says(words.Text("key.plug.late"))
	b.hold = make(chan struct{})
	defer close(b.hold)
	b.plug(plugged("k2"))
	<-b.began
	uitest.MustNotSay(t, b.w, words.Text("key.plug.late"))
	b.Pass(keyparts.UntouchedAfter - 1)
	uitest.MustNotSay(t, b.w, words.Text("keycare.touch_late"))
	b.Pass(1)
	b.says(words.Text("keycare.touch_late"))
}

func TestAFactoryResetThatFailsIsBegunAgain(t *testing.T) {
	for _, code := range []app.Code{app.CodeKeyResetLate, app.CodeKeyTimeout, app.CodeKeyUntouched, app.CodeKeyGone} {
		b := resettingBench(t)
		b.fails["reset k2"] = &app.Error{Code: code}
		b.plug()
		b.plug(plugged("k2"))
		b.step()
		b.says(words.Text("error." + string(code)))
		b.says("Take it out now.")
		b.plug()
		b.says("Put it back.")
		b.plug(plugged("k3"))
		b.at("keycare_key")
		b.says(words.Text("keycare.reset_done"))
		b.did("reset k2", "reset k3")
	}
}

// TestAFactoryResetThatTheKeyDoesNotKnow ends the page: it won't know it the next time.
func TestAFactoryResetThatTheKeyDoesNotKnow(t *testing.T) {
	b := resettingBench(t)
	b.says(words.Text("keycare.resetting_lead"))
	b.fails["reset k2"] = &app.Error{Code: app.CodeKeyUnsupported}
	b.plug()
	b.plug(plugged("k2"))
	b.at("keycare_key")
	b.says(words.Text("keycare.reset_unknown"))
	uitest.MustNotSay(t, b.w, words.Text("keycare.reset_done"))
	b.plug()
	b.plug(plugged("k3"))
	b.at("keycare_key")
	uitest.MustNotSay(t, b.w, words.Text("keycare.reset_unknown"))
	b.did("reset k2")
}

func TestOnlyTheKeyThatWasMeantIsReset(t *testing.T) {
	b := newBench(t, plugged("k1"), plugged("other"))
	b.tap("keycare.key.k1")
	b.tap("keycare.reset")
	b.fill("keycare.reset_word", "RESET")
	b.tap("keycare.reset_begin")
	b.at("keycare_reset")
	b.says(words.Text("keycare.reset_alone"))
	b.plug(plugged("k1"))
	uitest.MustNotSay(t, b.w, words.Text("keycare.reset_alone")) // that was done
	if uitest.Field(t, b.w, "keycare.reset_word").Text() != "RESET" {
		t.Error("what was typed is lost")
	}

	b = resettingBench(t)
	b.plug(plugged("k1"), plugged("other"))
	b.plug(plugged("other")) // the one that was meant is out, but this one was never put back
	b.says(words.Text("keycare.reset_alone"))
	b.plug()
	uitest.MustNotSay(t, b.w, words.Text("keycare.reset_alone"))
	b.plug(plugged("k2"), plugged("other"))
	b.says(words.Text("keycare.reset_alone"))
	b.plug()
	b.plug(plugged("k3", func(k *app.KeyInfo) { k.AAGUID = "b" }))
	b.says("This is another key than before. Take it out, and put Sample Key back.")
	b.did()
	b.plug()
	b.plug(plugged("k4"))
	b.at("keycare_key")
	b.did("reset k4")
}

func TestAFactoryResetIsCancelled(t *testing.T) {
	b := resettingBench(t)
	b.plug()
	b.tap("page.cancel")
	b.at("keycare")
	b.plug(plugged("k2"))
	b.at("keycare_key")
	b.did()

	b = resettingBench(t)
	b.hold = make(chan struct{})
	b.plug()
	b.plug(plugged("k2"))
	<-b.began
	b.tap("page.cancel")
	b.at("keycare_key")
	if b.ctx.Err() == nil {
		t.Error("the key waits for a touch still")
	}
	close(b.hold)
	b.step()
	uitest.MustNotSay(t, b.w, words.Text("keycare.reset_done"))
}
