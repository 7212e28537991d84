package kit

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// listener writes down what it is told.
type listener struct{ heard []string }

func (l *listener) hear(what string) { l.heard = append(l.heard, what) }
func (l *listener) Asked()           { l.hear("asked") }
func (l *listener) Done()            { l.hear("done") }
func (l *listener) Changed()         { l.hear("changed") }

// listen has a listener told for the time of a test.
func listen(t *testing.T) *listener {
	test.NewTempApp(t)
	l := &listener{}
	SetLoop(l)
	t.Cleanup(func() { loop.Store(nil); ended.Store(false) })
	return l
}

func TestTheLoopIsToldBeforeSomethingIsAskedAndAfterItIsDone(t *testing.T) {
	for name, do := range map[string]func(func()){"Do": Do, "DoAndWait": DoAndWait} {
		l := listen(t)
		do(func() { l.hear("did") })
		if want := []string{"asked", "did", "done"}; !slices.Equal(l.heard, want) {
			t.Errorf("%s: the loop heard %q", name, l.heard)
		}
	}
}

func TestTheLoopIsToldOfEachFrameThatMoves(t *testing.T) {
	l := listen(t)
	s := newMotion(time.Second, fyne.AnimationLinear, func(float32) { l.hear("moved") })
	s.Tick(0.5)
	s.Tick(0.6)
	if want := []string{"moved", "changed", "moved", "changed"}; !slices.Equal(l.heard, want) {
		t.Errorf("the loop heard %q", l.heard)
	}
}

// TestNothingIsAskedOfALoopThatEnds, and the next one is asked as ever.
func TestNothingIsAskedOfALoopThatEnds(t *testing.T) {
	l := listen(t)
	End()
	Do(func() { l.hear("did") })
	DoAndWait(func() { l.hear("did") })
	if len(l.heard) > 0 {
		t.Errorf("the loop heard %q", l.heard)
	}
	SetLoop(l)
	Do(func() { l.hear("did") })
	if want := []string{"asked", "did", "done"}; !slices.Equal(l.heard, want) {
		t.Errorf("the next loop heard %q", l.heard)
	}
}
