package kiosk_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kiosk"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

const stillThere = "Are you still there?"

func TestAWarningCountsDownAndAKeyExtendsIt(t *testing.T) {
	s := uitest.NewStage(t)
	w := at(t, s, uitest.FlowAt(1, app.EnterUserID{})).Window()
	s.Pass(59 * time.Second)
	if veil(w) != nil {
		t.Fatal("the warning comes before a minute is over")
	}
	s.Pass(2 * time.Second)
	veilSays(t, w, stillThere)
	veilSays(t, w, "19 s")
	s.Pass(18 * time.Second)
	veilSays(t, w, "1 s")
	press(w, fyne.KeyA)
	if veil(w) != nil {
		t.Fatal("a key does not extend it")
	}
	uitest.MustBeAt(t, w, "user_id")
	s.Pass(59 * time.Second)
	if veil(w) != nil {
		t.Error("the next warning comes before a minute is over")
	}
	s.Pass(time.Second)
	veilSays(t, w, stillThere)
	kit.Find(veil(w), "veil").(fyne.Tappable).Tapped(&fyne.PointEvent{})
	if veil(w) != nil {
		t.Error("a tap does not extend it")
	}
}

func TestAfterTheWarningAllIsForgotten(t *testing.T) {
	s := uitest.NewStage(t)
	k := at(t, s, uitest.FlowAt(1, app.EnterUserID{}))
	w := k.Window()
	field := uitest.Field(t, w, "user_id.field")
	field.SetText("ben@harbour.example")
	s.Pass(81 * time.Second)
	uitest.MustBeAt(t, w, "kiosk")
	if veil(w) != nil || len(s.Cancels) != 1 || field.Text() != "" {
		t.Errorf("over the pages: %T, cancelled: %v, in the field: %q", veil(w), s.Cancels, field.Text())
	}
}

// A conversation that was left behind is counted; one that was finished, ended by the person or never begun is not.
func TestOnlyAConversationThatWasLeftIsCounted(t *testing.T) {
	for name, c := range map[string]struct {
		flow app.Flow
		tap  string
		want int
	}{
		"left":     {uitest.FlowAt(1, app.EnterUserID{}), "", 1},
		"finished": {uitest.FlowAt(9, app.Done{}), "", 0},
		"ended":    {uitest.FlowAt(1, app.EnterUserID{}), "kiosk.start_over", 0},
		"at help":  {app.Flow{}, "kiosk.help", 0},
	} {
		s, left := uitest.NewStage(t), 0
		count := func(o *kiosk.Options) { o.Wiped = func() { left++ } }
		k := open(t, s, count)
		if c.flow.ID != "" {
			begin(t, s, k, c.flow)
		}
		if c.tap != "" {
			uitest.Tap(t, k.Window(), c.tap)
		}
		s.Pass(31 * time.Second)
		s.Pass(51 * time.Second)
		uitest.MustBeAt(t, k.Window(), "kiosk")
		if left != c.want {
			t.Errorf("%s: %d were left behind, want %d", name, left, c.want)
		}
	}
}

func TestASessionEndsWithItsPerson(t *testing.T) {
	s := uitest.NewStage(t)
	k := open(t, s, func(o *kiosk.Options) { o.Registration = true })
	w := k.Window()
	s.Signed = true
	s.Session = app.Session{ID: "s1", Person: app.Person{Name: "Ben"}}
	s.OnStart = func(app.Start) (app.Flow, error) {
		f := uitest.FlowAt(1, app.SecurityInfo{})
		f.Purpose = app.PurposeManage
		return f, nil
	}
	uitest.Tap(t, w, "kiosk.register")
	uitest.MustBeAt(t, w, "info")
	s.Pass(81 * time.Second)
	uitest.MustBeAt(t, w, "kiosk")
	if s.Closed != 1 || w.Session.ID != "" {
		t.Errorf("closed %d times; the window has session %q", s.Closed, w.Session.ID)
	}
}

func TestWhileACodeIsOnItsWayNobodyIsAsked(t *testing.T) {
	s := uitest.NewStage(t)
	w := at(t, s, uitest.FlowAt(3, app.EnterCode{Channel: app.KindSMS, Expires: uitest.ServerNoon().Add(5 * time.Minute)})).Window()
	s.Pass(4*time.Minute + 59*time.Second)
	if veil(w) != nil {
		t.Fatal("the warning comes while the code is good")
	}
	s.Pass(2 * time.Second)
	veilSays(t, w, stillThere)
}

func TestAFinishedFlowGoesByItself(t *testing.T) {
	s := uitest.NewStage(t)
	w := at(t, s, uitest.FlowAt(9, app.Done{})).Window()
	s.Pass(31 * time.Second)
	veilSays(t, w, stillThere)
	s.Pass(20 * time.Second)
	uitest.MustBeAt(t, w, "kiosk")
}

func TestAScreenRestsAndItsWordsMove(t *testing.T) {
	s := uitest.NewStage(t)
	k := open(t, s)
	w := k.Window()
	asked := s.OrgAsked
	s.Pass(3 * time.Minute)
	veilSays(t, w, "Forgot your password?")
	places := map[fyne.Position]bool{}
	for range 7 {
		for _, o := range veil(w).(kit.Parent).Children() {
			if c, is := o.(*fyne.Container); is {
				places[c.Position()] = true
			}
		}
		s.Pass(time.Minute)
	}
	if len(places) < 6 {
		t.Errorf("the words stood in %d places within seven minutes", len(places))
	}
	if s.OrgAsked == asked {
		t.Error("the server is not asked while nobody is here")
	}
	timers := 0
	for _, timer := range s.Timers {
		if !timer.Stopped && timer.At.Before(s.Now.Add(10*time.Second)) {
			timers++
		}
	}
	if timers > 0 {
		t.Errorf("%d things happen within ten seconds at a screen that rests", timers)
	}
	press(w, fyne.KeyReturn)
	if veil(w) != nil {
		t.Error("a key does not wake it")
	}
	uitest.MustBeAt(t, w, "kiosk")
	if len(s.Starts) != 0 {
		t.Error("the key that woke it did something else, too")
	}
}

func TestANewerProgramTakesOverWhileNobodyIsThere(t *testing.T) {
	s := uitest.NewStage(t)
	newer, yields := false, 0
	w := open(t, s, func(o *kiosk.Options) {
		o.Newer, o.Yield = func() bool { return newer }, func() { yields++ }
	}).Window()
	s.Pass(10 * time.Minute)
	if yields != 0 {
		t.Error("it ends where there is no newer program")
	}
	press(w, fyne.KeyReturn)
	newer = true
	s.Pass(2 * time.Minute)
	if yields != 0 {
		t.Error("it ends while somebody may be there")
	}
	s.Pass(2 * time.Minute)
	if yields == 0 {
		t.Error("the newer program never takes over")
	}
}
