package spoken

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
)

// told is a telephone that presses a key whenever it is asked to, and remembers what it heard.
type told struct {
	key   byte
	heard []string
	ends  int // after so many clips; 0: never

	at    time.Time
	takes time.Duration // for each clip
}

// Now has time pass with what is said.
func (p *told) Now() time.Time { return p.at.Add(time.Duration(len(p.heard)) * p.takes) }

var errOver = errors.New("the call is over")

func (p *told) Say(_ context.Context, sound []byte, interruptible bool) (byte, error) {
	for _, c := range []prompt.Clip{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", prompt.Hello, prompt.Press, prompt.Comes, prompt.Again, prompt.Type, prompt.Repeat, prompt.Two, prompt.Right, prompt.Wrong, prompt.Over, prompt.Goodbye, prompt.Test} {
		if is, err := prompt.Sound("fr", c); err == nil && bytes.Equal(is, sound) {
			p.heard = append(p.heard, string(c))
		}
	}
	if p.ends != 0 && len(p.heard) >= p.ends {
		return 0, errOver
	}
	return 0, nil
}

func (p *told) Listen(context.Context, time.Duration) (byte, error) {
	last := ""
	if len(p.heard) > 0 {
		last = p.heard[len(p.heard)-1]
	}
	if last == string(prompt.Press) || last == string(prompt.Repeat) || last == string(prompt.Two) {
		return p.key, nil
	}
	return 0, nil
}

func hold(t *testing.T, p *told, press bool, m app.Message) (Outcome, string) {
	t.Helper()
	c := Config{Language: "fr", Press: press, Clock: p, Keyed: func(context.Context, string, app.Secret) error { return &app.Error{Code: app.CodeWrongCode} }}
	found := c.Hold(t.Context(), p, m)
	return found, strings.Join(p.heard, " ")
}

var code = app.Message{Template: app.MessageCode, Code: "70"}

// TestACodeIsSpokenFourTimesAtMost, however often somebody asks for it.
func TestACodeIsSpokenFourTimesAtMost(t *testing.T) {
	found, heard := hold(t, &told{key: '1'}, true, code)
	if once := "code 7 0 again 7 0 type repeat "; !found.Heard || heard != "hello press "+strings.Repeat(once, mostSaid)+"goodbye" {
		t.Errorf("%+v: %s", found, heard)
	}
}

// TestOnlyTheKeyThatWasAskedForOpensACode: another key has the question come again.
func TestOnlyTheKeyThatWasAskedForOpensACode(t *testing.T) {
	for _, key := range []byte{0, '#', '2'} {
		found, heard := hold(t, &told{key: key}, true, code)
		if found.Heard || found.Reason != Machine || heard != strings.Repeat("hello press ", mostAsks)+"goodbye" {
			t.Errorf("%q: %+v: %s", key, found, heard)
		}
	}
	if found, heard := hold(t, &told{}, false, code); !found.Heard || !strings.HasPrefix(heard, "hello code 7 0 again") {
		t.Errorf("spoken at once: %+v: %s", found, heard)
	}
}

// TestACodeWasHeardOnceItsLastDigitWasSpoken, and not before.
func TestACodeWasHeardOnceItsLastDigitWasSpoken(t *testing.T) {
	for ends, want := range map[int]bool{3: false, 4: false, 5: true, 7: true} { // hello code 7 0 again
		if found, heard := hold(t, &told{ends: ends}, false, code); found.Heard != want || want == (found.Reason == HungUp) {
			t.Errorf("%s: %+v", heard, found)
		}
	}
}

// TestADeadCodeIsNotSpoken, nor asked for: who picks up late, presses the key late or asks for it again late is told that nobody waits.
func TestADeadCodeIsNotSpoken(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	for name, c := range map[string]struct {
		m     app.Message
		left  time.Duration
		key   byte
		heard string
		want  Outcome
	}{
		"picked up":    {code, 29 * time.Second, '1', "over", Outcome{Reason: Expired}},
		"two digits":   {app.Message{Template: app.MessageCall, Call: "a.b"}, 29 * time.Second, '4', "over", Outcome{Reason: Expired}},
		"key pressed":  {code, 32 * time.Second, '1', "hello press over", Outcome{Reason: Expired}},
		"in time":      {code, 33 * time.Second, '1', "hello press code 7 0 again 7 0 type repeat over", Outcome{Heard: true}},
		"for ever":     {code, 0, '2', "hello press hello press hello press goodbye", Outcome{Reason: Machine}},
		"asked for it": {code, 41 * time.Second, '1', "hello press code 7 0 again 7 0 type repeat code 7 0 again 7 0 type repeat over", Outcome{Heard: true}},
	} {
		if c.left != 0 {
			c.m.Expires = at.Add(c.left)
		}
		found, heard := hold(t, &told{key: c.key, at: at, takes: time.Second}, true, c.m)
		if found != c.want || heard != c.heard {
			t.Errorf("%s: %+v: %s", name, found, heard)
		}
	}
}

// TestWhatNobodyWaitsForIsNotSpoken: a code that was replaced when somebody picks up, before the key is pressed, or while it is spoken,
// is spoken no more, and the call says so. A test is none of a conversation.
func TestWhatNobodyWaitsForIsNotSpoken(t *testing.T) {
	for name, c := range map[string]struct {
		m     app.Message
		asked int // so often it is still waited for
		heard string
		want  Outcome
	}{
		"picked up":  {code, 0, "over", Outcome{Reason: "replaced"}},
		"two digits": {app.Message{Template: app.MessageCall, Call: "a.b"}, 0, "over", Outcome{Reason: "replaced"}},
		"key":        {code, 1, "hello press over", Outcome{Reason: "replaced"}},
		"once more":  {code, 2, "hello press code 7 0 over", Outcome{Heard: true}},
		"again":      {code, 3, "hello press code 7 0 again 7 0 type repeat over", Outcome{Heard: true}},
		"test":       {app.Message{Template: app.MessageTest}, 0, "hello test", Outcome{Heard: true}},
	} {
		asked := 0
		config := Config{Language: "fr", Press: true, Pointless: func(context.Context, string) string {
			if asked++; asked > c.asked {
				return "replaced"
			}
			return ""
		}}
		phone := &told{key: '1'}
		if found := config.Hold(t.Context(), phone, c.m); found != c.want || strings.Join(phone.heard, " ") != c.heard {
			t.Errorf("%s: %+v: %s", name, found, phone.heard)
		}
	}
}

// TestWhatACallCanSay: codes of digits, questions, tests, and no notice.
func TestWhatACallCanSay(t *testing.T) {
	for _, m := range []app.Message{{Template: app.MessageCode, Code: "x"}, {Template: app.MessageCode}, {Template: app.MessageCall}, {Template: app.MessagePasswordChanged}, {}} {
		if Can(m) {
			t.Errorf("%+v", m)
		}
	}
	if !Can(code) || !Can(app.Message{Template: app.MessageCall, Call: "a.b"}) || !Can(app.Message{Template: app.MessageTest}) {
		t.Error("what can be said is refused")
	}
}
