package sentcode

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

type state struct {
	kept.Owned
	kept.For
	Stage
	Sent
}

func (s *state) Destination() app.Message {
	return app.Message{Channel: app.KindSMS, To: "here", Country: "AU"}
}
func (s *state) WantProof(t app.Turn) app.Step { return s.EnterCode(t, app.KindSMS) }

func turn() app.Turn {
	return app.Turn{
		Now: time.Date(2026, 3, 2, 9, 10, 0, 0, time.UTC), Rand: rand.NewChaCha8([32]byte{}), TriesLeft: 5,
		Settings: app.MethodSettings{CodeLife: 5 * time.Minute, ResendAfter: 30 * time.Second},
	}
}

func give(digits string) app.GiveCode { return app.GiveCode{Digits: app.NewSecret(digits)} }

// TestConversation sends a code, gives it too early, wrongly, rightly, and again.
func TestConversation(t *testing.T) {
	s, now := &state{}, turn()
	if _, err := Check(now, s, give("123456")); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("a code where none is wanted: %v", err)
	}
	if err := MayResend(now, s); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("sent anew before anything was: %v", err)
	}
	s.Asked = true
	r, err := Send(now, s, app.NoticeCodeSent)
	if err != nil || len(r.Send) != 1 || r.Notice.Code != app.NoticeCodeSent || r.Notice.Kind != app.KindSMS {
		t.Fatalf("%+v, %v", r, err)
	}
	m := r.Send[0]
	if m.Channel != app.KindSMS || m.To != "here" || m.Country != "AU" || m.Template != app.MessageCode || len(m.Code) != 6 || !m.At.Equal(now.Now) {
		t.Errorf("message %+v", m)
	}
	if strings.Contains(string(r.State), m.Code) {
		t.Errorf("kept in clear: %s", r.State)
	}
	wrong := map[bool]string{true: "111111", false: "222222"}[m.Code != "111111"]
	if r, err := Check(now, s, give(wrong)); err != nil || r.Verdict != app.Wrong || r.Why != app.CodeWrongCode || r.Step.(app.EnterCode).TriesLeft != 4 {
		t.Errorf("a wrong code: %+v, %v", r, err)
	}
	if r, err := Check(now, s, give(m.Code)); err != nil || r.Verdict != app.Proven || r.Step != nil {
		t.Errorf("the code: %+v, %v", r, err)
	}
	if r, err := Check(now, s, give(m.Code)); err != nil || r.Verdict != app.Wrong || r.Why != app.CodeCodeUsed {
		t.Errorf("the code again: %+v, %v", r, err)
	}
	if err := MayResend(now, s); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("sent anew after it was right: %v", err)
	}
}

func TestResendNotBeforeItsTime(t *testing.T) {
	s, now := &state{Stage: Stage{Asked: true}}, turn()
	if s.OnItsWay(now) {
		t.Error("a code is on its way before one was sent")
	}
	if _, err := Send(now, s, app.NoticeCodeSent); err != nil {
		t.Fatal(err)
	}
	opens := now.Now.Add(30 * time.Second)
	now.Now = opens.Add(-time.Nanosecond)
	err := MayResend(now, s)
	if early, is := err.(*app.Error); !is || early.Code != app.CodeTooEarly || !early.RetryAt.Equal(opens) || !s.OnItsWay(now) {
		t.Errorf("too early: %v", err)
	}
	now.Now = opens
	if err := MayResend(now, s); err != nil || s.OnItsWay(now) {
		t.Errorf("in time: %v", err)
	}
}

// TestBlank holds that no digits match a code that has none.
func TestBlank(t *testing.T) {
	s, now := &state{Stage: Stage{Asked: true}}, turn()
	s.Code = Blank(now)
	for _, digits := range []string{"000000", "123456"} {
		if r, err := Check(now, s, give(digits)); err != nil || r.Verdict != app.Wrong {
			t.Errorf("%s: %+v, %v", digits, r, err)
		}
	}
	if data, err := json.Marshal(s.Code); err != nil || string(data) !=
		`{"salt":null,"hash":null,"sent":"2026-03-02T09:10:00Z","expires":"2026-03-02T09:15:00Z"}` {
		t.Errorf("at rest: %s, %v", data, err)
	}
}

func TestMinutes(t *testing.T) {
	for life, want := range map[time.Duration]string{0: "1", 59 * time.Second: "1", 119 * time.Second: "1", 2 * time.Minute: "2", 10*time.Minute + 59*time.Second: "10"} {
		if got := minutes(life); got != want {
			t.Errorf("%v: %s minutes, want %s", life, got, want)
		}
	}
}
