package step_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/uitest"
)

// sent is a code that was sent by a channel, and what became of it.
func sent(channel app.Kind, d app.Delivery) app.EnterCode {
	step := app.EnterCode{Channel: channel, Masked: "a••@letters.example", TriesLeft: 5, Delivery: d,
		Expires: uitest.ServerNoon().Add(5 * time.Minute), ResendAt: uitest.ServerNoon().Add(30 * time.Second)}
	if d == app.DeliveryTaken || d == app.DeliveryArrived {
		step.Handed = uitest.ServerNoon()
	}
	return step
}

// reading answers each reading of the flow with the step at hand, and counts them.
func reading(s *uitest.Stage, step *app.EnterCode) *int {
	read, began := 0, s.Now
	s.OnInput = func(in app.Input) (app.Flow, error) {
		if in == nil {
			read++
		}
		flow := uitest.FlowAt(1, *step)
		flow.At = flow.At.Add(s.Now.Sub(began))
		return flow, nil
	}
	return &read
}

// TestThePageSaysWhatBecameOfTheCode, gently, and what was typed meanwhile stays.
func TestThePageSaysWhatBecameOfTheCode(t *testing.T) {
	s := uitest.NewStage(t)
	step := sent(app.KindEmail, app.DeliveryOnItsWay)
	read := reading(s, &step)
	began := s.Now
	w := s.At(uitest.FlowAt(1, step))
	uitest.MustSay(t, w, words.Text("told.on_its_way"))
	uitest.MustSay(t, w, "It is for a••@letters.example.")
	uitest.Cells(t, w).TypedRune('4')
	s.Pass(7 * time.Second)
	if *read < 2 || *read > 4 {
		t.Errorf("read %d times in 7 s", *read)
	}
	step = sent(app.KindEmail, app.DeliveryLate)
	s.Pass(3 * time.Second)
	uitest.MustSay(t, w, "This takes longer than usual. It may still come.")
	uitest.MustNotSay(t, w, words.Text("told.on_its_way"))
	*read = 0
	s.Pass(20 * time.Second)
	if *read < 3 || *read > 5 {
		t.Errorf("read %d times in 20 s while it is late", *read)
	}
	step = sent(app.KindEmail, app.DeliveryTaken)
	s.Pass(6 * time.Second)
	uitest.MustSay(t, w, "Handed over at "+words.Clock(began)+". It can take a moment to arrive.")
	*read = 0
	s.Pass(2 * time.Minute)
	if *read != 0 || len(s.Sent) != 0 {
		t.Errorf("read %d times after a mail was handed over; %d inputs", *read, len(s.Sent))
	}
	if got := uitest.Cells(t, w).Text(); got != "4" {
		t.Errorf("what was typed is %q now", got)
	}
}

// TestAPageThatIsToldNothingAsksNothing: it says the same to everybody, and a stranger's window reads no more often than a decoy's.
func TestAPageThatIsToldNothingAsksNothing(t *testing.T) {
	for _, step := range []app.EnterCode{sent(app.KindSMS, ""), {Channel: app.KindAuthApp, Expires: uitest.ServerNoon().Add(time.Minute)}} {
		s := uitest.NewStage(t)
		step.Masked = ""
		read := reading(s, &step)
		flow := uitest.FlowAt(1, step)
		flow.Others = []app.Choice{{Kind: app.KindEmail}}
		w := s.At(flow)
		if step.Channel == app.KindSMS {
			uitest.MustSay(t, w, words.Text("code.lead.sent_hidden_another"))
		}
		s.Pass(2 * time.Minute)
		if *read != 0 {
			t.Errorf("%s: read %d times", step.Channel, *read)
		}
	}
}

// TestWhatNeverArrivesIsSaidWithTheWayOut, by each channel.
func TestWhatNeverArrivesIsSaidWithTheWayOut(t *testing.T) {
	for _, c := range []struct {
		channel app.Kind
		others  bool
		back    bool
		want    string
	}{
		{app.KindSMS, true, true, "The text could not be delivered. Use another way, or send it again."},
		{app.KindEmail, false, true, "The email could not be delivered. Go back and look at what you typed."},
		{app.KindEmail, false, false, "The email could not be delivered. Send it again, or ask the help desk."},
		{app.KindVoice, true, false, "The call did not get through. Use another way, or let us call again."},
		{app.KindVoice, false, false, "The call did not get through. Let us call again, or ask the help desk."},
	} {
		for _, d := range []app.Delivery{app.DeliveryGivenUp, app.DeliveryUndelivered} {
			s := uitest.NewStage(t)
			step := sent(c.channel, d)
			read := reading(s, &step)
			flow := uitest.FlowAt(1, step)
			flow.CanBack = c.back
			if c.others {
				flow.Others = []app.Choice{{Kind: app.KindAuthApp}}
			}
			w := s.At(flow)
			uitest.MustSay(t, w, c.want)
			if s.Pass(time.Minute); *read != 0 {
				t.Errorf("%s %s: read %d times", c.channel, d, *read)
			}
		}
	}
}

// TestATextIsFollowedToItsReceiver for two minutes at most: its provider may say what became of it.
func TestATextIsFollowedToItsReceiver(t *testing.T) {
	s := uitest.NewStage(t)
	step := sent(app.KindSMS, app.DeliveryTaken)
	read := reading(s, &step)
	w := s.At(uitest.FlowAt(1, step))
	s.Pass(20 * time.Second)
	if *read < 3 || *read > 4 {
		t.Errorf("read %d times in 20 s", *read)
	}
	step = sent(app.KindSMS, app.DeliveryArrived)
	s.Pass(6 * time.Second)
	uitest.MustSay(t, w, words.Text("told.arrived"))
	*read = 0
	if s.Pass(time.Minute); *read != 0 {
		t.Errorf("read %d times after it arrived", *read)
	}
	s = uitest.NewStage(t)
	step = sent(app.KindSMS, app.DeliveryTaken)
	read = reading(s, &step)
	s.At(uitest.FlowAt(1, step))
	s.Pass(2*time.Minute + 5*time.Second)
	*read = 0
	if s.Pass(2 * time.Minute); *read != 0 {
		t.Errorf("read %d times long after it was taken", *read)
	}
}

// TestANewCodeSaysThatTheOldOneIsDead, in the same line.
func TestANewCodeSaysThatTheOldOneIsDead(t *testing.T) {
	for d, want := range map[app.Delivery]string{
		app.DeliveryOnItsWay: "A new code is on its way. The old one no longer works.",
		app.DeliveryTaken:    "A new code was handed over at ", app.DeliveryArrived: "The new code has arrived. The old one no longer works.",
	} {
		s := uitest.NewStage(t)
		flow := uitest.FlowAt(2, sent(app.KindSMS, d))
		flow.Notice = &app.Notice{Code: app.NoticeCodeResent, Kind: app.KindSMS}
		began := s.Now
		w := s.At(flow)
		if d == app.DeliveryTaken {
			want += words.Clock(began) + ". The old one no longer works."
		}
		uitest.MustSay(t, w, want)
		if d != app.DeliveryOnItsWay {
			uitest.MustNotSay(t, w, words.Text("notice.code_resent"))
		}
	}
}

// TestAHintStandsAsLongAsItHelps: where to look for a code follows what became of it, and so does what is said of where it goes.
func TestAHintStandsAsLongAsItHelps(t *testing.T) {
	for _, c := range []struct {
		channel app.Kind
		hint    string
		helps   map[app.Delivery]bool
	}{
		{app.KindEmail, "code.next_hint", map[app.Delivery]bool{"": true, app.DeliveryOnItsWay: true, app.DeliveryTaken: true, app.DeliveryArrived: true}},
		{app.KindVoice, "code.call_hint", map[app.Delivery]bool{"": true, app.DeliveryOnItsWay: true, app.DeliveryLate: true, app.DeliveryTaken: true}},
	} {
		for _, d := range []app.Delivery{"", app.DeliveryOnItsWay, app.DeliveryLate, app.DeliveryTaken, app.DeliveryArrived, app.DeliveryUndelivered, app.DeliveryGivenUp} {
			for _, later := range []bool{false, true} { // the page learns it
				s := uitest.NewStage(t)
				step := sent(c.channel, d)
				if later {
					if d == "" || d == app.DeliveryOnItsWay {
						continue
					}
					step = sent(c.channel, app.DeliveryOnItsWay)
				}
				reading(s, &step)
				w := s.At(uitest.FlowAt(1, step))
				step = sent(c.channel, d)
				s.Pass(3 * time.Second)
				say := uitest.MustNotSay
				if c.helps[d] {
					say = uitest.MustSay
				}
				say(t, w, words.Text(c.hint))
				if d.Failed() {
					uitest.MustNotSay(t, w, "can take a moment")
				}
			}
		}
	}
}

// TestACallThatDoesNotGetThroughIsSaid, and nobody waits for the telephone any more; another call begins anew.
func TestACallThatDoesNotGetThroughIsSaid(t *testing.T) {
	s := uitest.NewStage(t)
	failed := ringing()
	failed.Delivery = app.DeliveryGivenUp
	now := ringing()
	now.Delivery = app.DeliveryOnItsWay
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(1, now), nil }
	w := s.At(uitest.FlowAt(1, now))
	uitest.MustSay(t, w, words.Text("call.waiting"))
	now = failed
	s.Pass(3 * time.Second)
	uitest.MustSay(t, w, words.Text("told.failed.voice")+" "+words.Text("told.out.call"))
	for _, not := range []string{words.Text("call.waiting"), "We are calling"} {
		uitest.MustNotSay(t, w, not)
	}
	again := ringing()
	again.Delivery = app.DeliveryOnItsWay
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, again), nil }
	s.Pass(30 * time.Second)
	uitest.MustSay(t, w, words.Text("call.waiting"))
	uitest.MustNotSay(t, w, words.Text("told.failed.voice")+" "+words.Text("told.out.call"))
}
