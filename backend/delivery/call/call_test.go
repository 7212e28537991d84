package call

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
	"github.com/sparekey/sparekey/backend/delivery/spoken"
	"github.com/sparekey/sparekey/backend/port"
)

// quick is how long 20 ms of speech take in tests.
const quick = 100 * time.Microsecond

// patience bounds what a test waits for.
const patience = 15 * time.Second

// receipts are those that came.
type receipts struct {
	came    chan port.Receipt
	unknown int // so often nobody knows the message
	mu      sync.Mutex
}

func (r *receipts) TakeReceipt(_ context.Context, one port.Receipt) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unknown > 0 {
		r.unknown--
		return port.ErrNotFound
	}
	r.came <- one
	return nil
}

// next gives the next receipt.
func (r *receipts) next(t testing.TB) port.Receipt {
	t.Helper()
	select {
	case one := <-r.came:
		return one
	case <-time.After(patience):
		t.Fatal("no receipt came")
	}
	return port.Receipt{}
}

// open opens a provider that calls by a telephone.
func open(t testing.TB, phone *calltest.Phone, change func(*Config)) (*Provider, *receipts) {
	t.Helper()
	all := &receipts{came: make(chan port.Receipt, 500)}
	c := Config{
		Server: "sip:" + phone.Address, User: "sparekey", From: "+493055501", Security: "offer", Most: 20, Ring: 5 * time.Second, Frame: quick, Receipts: all,
		Secret: func() (app.Secret, error) { return app.NewSecret("trunk-password"), nil },
		Talk:   spoken.Config{Language: "en", Press: true, Keyed: func(context.Context, string, app.Secret) error { return nil }},
		Wait:   func(ctx context.Context, _ time.Duration) bool { return ctx.Err() == nil },
	}
	if change != nil {
		change(&c)
	}
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p, all
}

// theNumber is who is called, and theCode is what is said.
const (
	theNumber = "+493012345678"
	theCode   = "042917"
)

func codeCall() app.Message {
	return app.Message{ID: "m1", Channel: app.KindVoice, To: theNumber, Template: app.MessageCode, Code: theCode}
}

func digitsCall() app.Message {
	return app.Message{ID: "m2", Channel: app.KindVoice, To: theNumber, Template: app.MessageCall, Call: "flow.ref"}
}

// deliver delivers within a time, and gives the attempt.
func deliver(t testing.TB, p *Provider, m app.Message, length time.Duration) (port.Attempt, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	var attempt port.Attempt
	begun := time.Now()
	err := p.Deliver(port.WithAttempts(ctx, func(a port.Attempt) { attempt = a }), m)
	if took := time.Since(begun); took > length+500*time.Millisecond {
		t.Errorf("it took %v, and had %v", took, length)
	}
	if err != nil {
		canary(t, err.Error()+" "+attempt.Outcome)
	}
	return attempt, err
}

// canary fails where a text has what no log may have.
func canary(t testing.TB, text string) {
	t.Helper()
	for _, secret := range []string{theNumber[1:], theNumber[4:], theCode, "trunk-password"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in %q", secret, text)
		}
	}
}

// TestACodeIsSpokenOnceAKeyIsPressed, twice, digit by digit, and once more for who asks for it; by the sound that the telephone got.
func TestACodeIsSpokenOnceAKeyIsPressed(t *testing.T) {
	t.Parallel()
	heard := make(chan []int16, 1)
	phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
		c.Reply(100, "Trying")
		c.Reply(180, "Ringing")
		m := c.Pick(calltest.Answer{Codec: 8})
		m.Hear(2 * time.Second)
		m.Press("1")
		m.Hear(8 * time.Second)
		m.Press("1") // means nothing while it is spoken
		m.Hear(24 * time.Second)
		m.Press("1")
		<-c.Ended
		heard <- m.Heard()
	}})
	p, all := open(t, phone, nil)
	attempt, err := deliver(t, p, codeCall(), 3*time.Second)
	if err != nil || attempt.Outcome != port.Taken || attempt.Receipt == "" || attempt.Provider != phone.Address {
		t.Fatalf("%+v, %v", attempt, err)
	}
	if r := all.next(t); r != (port.Receipt{Provider: attempt.Provider, ID: attempt.Receipt, Arrived: true}) {
		t.Errorf("the receipt is %+v", r)
	}
	said := calltest.Spoken(<-heard, "en")
	if !strings.HasPrefix(said, "hello press") && !strings.HasPrefix(said, "hello ?") {
		t.Errorf("it begins otherwise: %s", said)
	}
	if !strings.Contains(said, "code 0 4 2 9 1 7 again 0 4 2 9 1 7 type") || !strings.HasSuffix(said, "goodbye") {
		t.Errorf("was spoken: %s", said)
	}
	invite := phone.Seen(sip.INVITE)[0]
	text := invite.String()
	for _, want := range []string{"INVITE sip:" + theNumber + "@" + phone.Address + " SIP/2.0", "P-Asserted-Identity: <sip:+493055501@127.0.0.1>", "a=crypto:1 ", "RTP/AVP 8 0 101"} {
		if !strings.Contains(text, want) {
			t.Errorf("the INVITE lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, theCode) {
		t.Error("the code is in the INVITE")
	}
}

// TestNothingIsSpokenToAMachine: nobody presses a key, and no digit is spoken.
func TestNothingIsSpokenToAMachine(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]app.Message{"code": codeCall(), "digits": digitsCall()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard := make(chan []int16, 1)
			phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
				m := c.Pick(calltest.Answer{Codec: 0})
				<-c.Ended
				heard <- m.Heard()
			}})
			p, all := open(t, phone, func(c *Config) {
				c.Talk.Keyed = func(context.Context, string, app.Secret) error { t.Error("digits were reported"); return nil }
			})
			if _, err := deliver(t, p, m, 3*time.Second); err != nil {
				t.Fatal(err)
			}
			if r := all.next(t); r.Arrived || r.Reason != spoken.Machine {
				t.Errorf("the receipt is %+v", r)
			}
			if digits := calltest.Digits(<-heard, "en"); digits != "" {
				t.Errorf("a machine got %q", digits)
			}
		})
	}
}

// TestTwoDigitsAreTakenFromTheTelephone, by events and by tones, and said what came of them.
func TestTwoDigitsAreTakenFromTheTelephone(t *testing.T) {
	t.Parallel()
	wrong := &app.Error{Code: app.CodeWrongCode}
	for name, c := range map[string]struct {
		answer calltest.Answer
		keys   string
		reply  error
		typed  string
		says   string
	}{
		"events":    {calltest.Answer{Codec: 8}, "47", nil, "47", "right"},
		"the same":  {calltest.Answer{Codec: 0}, "44#", nil, "44", "right"},
		"tones":     {calltest.Answer{Codec: 0, NoEvents: true}, "83", nil, "83", "right"},
		"corrected": {calltest.Answer{Codec: 8}, "1*47", nil, "47", "right"},
		"wrong":     {calltest.Answer{Codec: 8}, "11", wrong, "11", "wrong"},
		"too late":  {calltest.Answer{Codec: 8}, "47", &app.Error{Code: app.CodeNotNow}, "47", "over"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard := make(chan []int16, 1)
			phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(call *calltest.Call) {
				call.Reply(183, "Session Progress")
				m := call.Pick(c.answer)
				m.Hear(2 * time.Second)
				if c.answer.NoEvents {
					m.Tone(c.keys)
				} else {
					m.Press(c.keys)
				}
				<-call.Ended
				heard <- m.Heard()
			}})
			typed := make(chan string, 9)
			p, all := open(t, phone, func(config *Config) {
				config.Talk.Keyed = func(_ context.Context, call string, digits app.Secret) error {
					typed <- call + " " + digits.Reveal()
					return c.reply
				}
			})
			if _, err := deliver(t, p, digitsCall(), 3*time.Second); err != nil {
				t.Fatal(err)
			}
			if r := all.next(t); !r.Arrived || r.Reason != "" {
				t.Errorf("the receipt is %+v", r)
			}
			if got := <-typed; got != "flow.ref "+c.typed || len(typed) != 0 {
				t.Errorf("was reported: %q, and %d more", got, len(typed))
			}
			if said := calltest.Spoken(<-heard, "en"); !strings.HasSuffix(said, c.says) {
				t.Errorf("was spoken: %s", said)
			}
		})
	}
}

// TestWhoseTroubleARefusalIs, before and after it rings.
func TestWhoseTroubleARefusalIs(t *testing.T) {
	t.Parallel()
	for code, c := range map[int]struct {
		kind   error
		reason string
	}{
		404: {port.ErrUndeliverable, "404"}, 484: {port.ErrUndeliverable, "484"}, 604: {port.ErrUndeliverable, "604"},
		486: {port.ErrUndeliverable, ReasonBusy}, 600: {port.ErrUndeliverable, ReasonBusy}, 603: {port.ErrUndeliverable, ReasonDeclined},
		480: {port.ErrUndeliverable, ReasonNoAnswer}, 488: {port.ErrIncapable, "488"}, 408: {nil, ReasonNoAnswer},
		403: {nil, "403"}, 500: {nil, "500"}, 503: {nil, "503"}, 302: {nil, "302"},
	} {
		for _, rings := range []bool{false, true} {
			rang := make(chan struct{})
			phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(call *calltest.Call) {
				call.Reply(100, "Trying")
				if rings {
					call.Reply(180, "Ringing")
					<-rang
				}
				call.Reply(code, "No, "+theNumber, "Contact: <sip:0900@elsewhere.example>")
			}})
			p, all := open(t, phone, func(c *Config) { c.Security = "off" })
			attempt, err := deliver(t, p, codeCall(), 3*time.Second)
			if !rings {
				var failed *Failure
				if !errors.As(err, &failed) || failed.Code != code || c.kind != nil && !errors.Is(err, c.kind) || c.kind == nil && failed.Unwrap() != nil {
					t.Errorf("%d: %v", code, err)
				}
				if attempt.Outcome == port.Taken || len(all.came) != 0 {
					t.Errorf("%d: %+v", code, attempt)
				}
				continue
			}
			if close(rang); err != nil {
				t.Fatalf("%d: %v", code, err)
			}
			if r := all.next(t); r.Arrived || r.Reason != c.reason {
				t.Errorf("%d: the receipt is %+v", code, r)
			}
			if n := len(phone.Seen(sip.INVITE)); n != 1 {
				t.Errorf("%d: %d INVITEs", code, n)
			}
		}
	}
}

// TestAPeerThatSaysNothingHoldsNobodyUp: the call is given up in time, and taken back once it may be.
func TestAPeerThatSaysNothingHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	t.Run("silent", func(t *testing.T) {
		phone := calltest.New(t, calltest.Config{Network: "udp"})
		p, _ := open(t, phone, nil)
		if _, err := deliver(t, p, codeCall(), 300*time.Millisecond); err == nil || !strings.Contains(err.Error(), "no answer in time") || errors.Is(err, port.ErrUndeliverable) {
			t.Errorf("%v", err)
		}
	})
	for _, deaf := range []bool{false, true} {
		phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
			c.Deaf = deaf
			c.Reply(100, "Trying")
		}})
		p, _ := open(t, phone, nil)
		if _, err := deliver(t, p, codeCall(), 300*time.Millisecond); err == nil {
			t.Error("it rang")
		}
		phone.Await(t, sip.CANCEL, 1)
	}
	t.Run("late", func(t *testing.T) {
		gone := make(chan struct{})
		ended := make(chan struct{})
		phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
			<-gone
			c.Reply(180, "Ringing") // now it may be taken back
			<-c.Cancelled
			close(ended)
		}})
		p, all := open(t, phone, nil)
		if _, err := deliver(t, p, codeCall(), 300*time.Millisecond); err == nil {
			t.Error("it rang")
		}
		close(gone)
		<-ended
		if len(all.came) != 0 {
			t.Error("a call that was given up has a receipt")
		}
	})
	t.Run("picked up meanwhile", func(t *testing.T) {
		ended := make(chan []int16)
		phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
			c.Deaf = true
			c.Reply(100, "Trying")
			<-c.Cancelled
			m := c.Pick(calltest.Answer{Codec: 8})
			<-c.Ended
			ended <- m.Heard()
		}})
		p, _ := open(t, phone, nil)
		if _, err := deliver(t, p, codeCall(), 300*time.Millisecond); err == nil {
			t.Error("it rang")
		}
		if heard := <-ended; len(heard) != 0 {
			t.Error("somebody was spoken to whom nobody waits for")
		}
	})
}

// TestNobodyPicksUp: it rings for its time, is taken back, and has its receipt, also where the peer ignores that.
func TestNobodyPicksUp(t *testing.T) {
	t.Parallel()
	for _, deaf := range []bool{false, true} {
		phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) { c.Deaf = deaf; c.Reply(180, "Ringing") }})
		p, all := open(t, phone, func(c *Config) { c.Ring = 200 * time.Millisecond })
		if _, err := deliver(t, p, codeCall(), 3*time.Second); err != nil {
			t.Fatal(err)
		}
		if r := all.next(t); r.Arrived || r.Reason != ReasonNoAnswer {
			t.Errorf("the receipt is %+v", r)
		}
		phone.Await(t, sip.CANCEL, 1)
	}
}

// TestACallEndsBeforeItsCode: it rings no longer than its code can still be heard and typed.
func TestACallEndsBeforeItsCode(t *testing.T) {
	t.Parallel()
	phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) { c.Reply(180, "Ringing") }})
	now := time.Unix(1_800_000_000, 0)
	p, all := open(t, phone, func(c *Config) { c.Ring, c.Talk.Clock = time.Hour, standing(now) })
	m := codeCall()
	m.Expires = now.Add(30*time.Second + 50*time.Millisecond)
	if _, err := deliver(t, p, m, 3*time.Second); err != nil {
		t.Fatal(err)
	}
	if r := all.next(t); r.Arrived || r.Reason != ReasonNoAnswer {
		t.Errorf("the receipt is %+v", r)
	}
	phone.Await(t, sip.CANCEL, 1)
}

// standing is a clock that stands still.
type standing time.Time

func (s standing) Now() time.Time { return time.Time(s) }

// TestADeadCodeIsNotSpoken to who picks up late, and the receipt says so.
func TestADeadCodeIsNotSpoken(t *testing.T) {
	t.Parallel()
	heard := make(chan []int16, 1)
	phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
		m := c.Pick(calltest.Answer{Codec: 0})
		m.Press("1")
		<-c.Ended
		heard <- m.Heard()
	}})
	now := time.Unix(1_800_000_000, 0)
	p, all := open(t, phone, func(c *Config) { c.Talk.Clock = standing(now) })
	m := codeCall()
	m.Expires = now.Add(29 * time.Second)
	if _, err := deliver(t, p, m, 3*time.Second); err != nil {
		t.Fatal(err)
	}
	if r := all.next(t); r.Arrived || r.Reason != spoken.Expired {
		t.Errorf("the receipt is %+v", r)
	}
	if said := calltest.Spoken(<-heard, "en"); said != "over" {
		t.Errorf("was spoken: %s", said)
	}
}

// TestACallWaitsForALine for a part of its time, and takes one that is free meanwhile; having none is no trouble of the server.
func TestACallWaitsForALine(t *testing.T) {
	t.Parallel()
	phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) { c.Reply(180, "Ringing") }})
	p, all := open(t, phone, func(c *Config) { c.Most, c.Ring = 1, time.Second })
	if _, err := deliver(t, p, codeCall(), 3*time.Second); err != nil {
		t.Fatal(err)
	}
	attempt, err := deliver(t, p, digitsCall(), 150*time.Millisecond)
	if !errors.Is(err, port.ErrBusy) || errors.Is(err, port.ErrUndeliverable) || attempt.Outcome != "line" || len(phone.Seen(sip.INVITE)) != 1 {
		t.Errorf("%v, %+v, %d INVITEs", err, attempt, len(phone.Seen(sip.INVITE)))
	}
	if _, err := deliver(t, p, digitsCall(), 10*time.Second); err != nil || len(phone.Seen(sip.INVITE)) != 2 {
		t.Errorf("once a line is free: %v, %d INVITEs", err, len(phone.Seen(sip.INVITE)))
	}
	all.next(t)
}

// TestAPersonHangsUpMidway: before the code was spoken it did not arrive, afterwards it did.
func TestAPersonHangsUpMidway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		after time.Duration
		want  port.Receipt
	}{{2 * time.Second, port.Receipt{Reason: spoken.HungUp}}, {17 * time.Second, port.Receipt{Arrived: true}}} {
		replies := make(chan int, 1)
		phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(call *calltest.Call) {
			m := call.Pick(calltest.Answer{Codec: 8})
			m.Hear(time.Second)
			m.Press("1")
			m.Hear(c.after)
			replies <- call.HangUp().StatusCode
		}})
		p, all := open(t, phone, nil)
		if _, err := deliver(t, p, codeCall(), 3*time.Second); err != nil {
			t.Fatal(err)
		}
		if r := all.next(t); r.Arrived != c.want.Arrived || r.Reason != c.want.Reason {
			t.Errorf("after %v the receipt is %+v", c.after, r)
		}
		if code := <-replies; code != 200 {
			t.Errorf("hanging up was answered %d", code)
		}
		if n := len(phone.Seen(sip.BYE)); n != 0 {
			t.Errorf("a call that was over was hung up %d times", n)
		}
	}
}

// TestAReceiptWaitsForItsAttempt: it comes again until the message is known.
func TestAReceiptWaitsForItsAttempt(t *testing.T) {
	t.Parallel()
	rang := make(chan struct{})
	phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) { c.Reply(180, "Ringing"); <-rang; c.Reply(486, "Busy Here") }})
	p, all := open(t, phone, nil)
	all.unknown = 3
	if _, err := deliver(t, p, codeCall(), 3*time.Second); err != nil {
		t.Fatal(err)
	}
	close(rang)
	if r := all.next(t); r.Reason != ReasonBusy {
		t.Errorf("the receipt is %+v", r)
	}
}
