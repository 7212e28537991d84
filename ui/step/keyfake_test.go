package step_test

import (
	"context"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

// driver is one whose keys are plugged in, and go wrong, as the test says.
type driver struct {
	here     chan []app.KeyInfo
	runs     chan *keyTrial
	expected int
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

func (k *driver) Expect() { k.expected++ }

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

// keyBench is a page that wants a key, with a driver behind it.
type keyBench struct {
	*uitest.Stage
	w     *shell.Window
	keys  *driver
	trial *keyTrial // the last one
}

var (
	registering = app.UseKey{Create: &app.KeyCreate{Challenge: []byte("c1"), Verification: app.VerifyRequired}}
	proving     = app.UseKey{Get: &app.KeyGet{Challenge: []byte("c2")}}
	sampleKey   = app.KeyInfo{ID: "k1", Product: "Sample Key", Manufacturer: "Harbour", Ready: true, PIN: app.PINSet, PINRetries: 8, MinPINLength: 4}
)

func atKey(t *testing.T, use app.UseKey) *keyBench {
	s := &keyBench{Stage: uitest.NewStage(t), keys: &driver{here: make(chan []app.KeyInfo, 1), runs: make(chan *keyTrial, 1)}}
	s.OnStart = func(app.Start) (app.Flow, error) { return uitest.FlowAt(1, use), nil }
	s.w = s.OpenWindow(func(o *ui.Options) { o.Keys = s.keys })
	s.w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset})
	t.Cleanup(func() {
		s.w.Close()
		s.allEnd()
	})
	return s
}

// allEnd waits until nothing works for the page any more.
func (s *keyBench) allEnd() {
	s.T.Helper()
	ended := make(chan struct{})
	go func() { s.Followed.Wait(); close(ended) }()
	uitest.Hear(s.Stage, "all that was begun for the page has ended", ended)
}

// plug says which keys are there.
func (s *keyBench) plug(here ...app.KeyInfo) { s.keys.here <- here }

// begun waits until the driver runs.
func (s *keyBench) begun() *keyTrial {
	s.T.Helper()
	s.trial = uitest.Hear(s.Stage, "the driver runs", s.keys.runs)
	return s.trial
}

func (s *keyBench) end(answer app.KeyAnswer, err error) { s.trial.end <- keyEnd{answer, err} }

func (s *keyBench) see(words string) {
	s.T.Helper()
	s.Until("the page says "+words, func() bool { return uitest.Says(s.w, words) })
}

// ask has the driver ask for a PIN, and gives what it got.
func (s *keyBench) ask(state app.KeyState) <-chan string {
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

// awaitTouch waits until the page has heard that the key waits for a touch.
func (s *keyBench) awaitTouch() {
	s.T.Helper()
	s.Until("the page hears of the touch", func() bool {
		return slices.ContainsFunc(s.Timers, func(t *uitest.Timer) bool { return !t.Stopped && t.At.Equal(s.Now.Add(step.TouchAfter)) })
	})
}

func picture(t *testing.T, w *shell.Window) *kit.KeyArt {
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
