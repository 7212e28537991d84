package step_test

import (
	"context"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

// TestWhatAKeyIsAskedForNamesIt, where another one of its model is plugged in beside it.
func TestWhatAKeyIsAskedForNamesIt(t *testing.T) {
	at := func(id app.KeyID, port string) app.KeyInfo {
		k := sampleKey
		k.ID, k.Port = id, port
		return k
	}
	first, second := at("k1", "1-2"), at("k2", "1-3")
	s := atKey(t, registering)
	s.plug(first, second)
	trial := s.begun()
	choosing, chosen := context.WithCancel(trial.ctx)
	go func() { _, _ = trial.talk.Choose(choosing, []app.KeyInfo{first, second}) }()
	s.see("Sample Key at USB port 1-3")
	chosen()
	s.ask(app.KeyState{Key: second, Want: app.KeyWantsPIN})
	s.see("PIN of Sample Key at USB port 1-3")
	s.ask(app.KeyState{Key: second, Want: app.KeyWantsNewPIN})
	s.see(words.Text("key.new.label"))
	uitest.MustSay(t, s.w, "Sample Key at USB port 1-3")
	trial.talk.Touch(trial.ctx, app.KeyState{Key: second, Want: app.KeyWantsTouch})
	s.awaitTouch()
	s.Pass(step.TouchAfter)
	uitest.MustSay(t, s.w, words.Text("key.touch.heading"))
	uitest.MustSay(t, s.w, "Sample Key at USB port 1-3")
}
