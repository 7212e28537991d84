// Package spoken is what a call says and asks, whoever carries it: a code, digit by digit, or the question for the two digits that
// stand on the person's screen.
package spoken

import (
	"bytes"
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
	"github.com/sparekey/sparekey/backend/port"
)

// Telephone speaks to the called person, and hears keys. Its errors say that the call is over.
type Telephone interface {
	// Say speaks, in µ-law. A key that is pressed meanwhile ends it where that may be, and is given; 0: none was.
	Say(ctx context.Context, sound []byte, interruptible bool) (key byte, err error)
	// Listen waits for a key; 0: none was pressed.
	Listen(ctx context.Context, length time.Duration) (key byte, err error)
}

// Config says how calls go.
type Config struct {
	Language string // one of prompt.Languages
	// Press has somebody press a key before the code is spoken: a voicemail presses none, and keeps no code.
	Press bool
	Clock port.Clock // by which what is spoken is still good
	// Pointless says why a message is of no use any more, as flow.Flows.Pointless does; empty: it is. nil: all are.
	Pointless func(ctx context.Context, message string) (why string)
	// Keyed reports the two digits that were typed during a call, as flow.Flows.Keyed takes them.
	Keyed func(ctx context.Context, call string, digits app.Secret) error
}

// Outcome is what became of a call that was answered.
type Outcome struct {
	Heard  bool   // the code was spoken to its end once, or digits were typed
	Reason string // a code, where it was not
	Key    byte   // pressed during a test call; 0: none was
}

// The reasons.
const (
	Machine = "machine" // nobody pressed a key, as with a voicemail
	HungUp  = "hung_up" // before the code was spoken
	Expired = "expired" // the code would have been dead before it was typed
)

// Over says why nobody waits for a message any more, by a reason; empty: somebody does. Whoever carries the call asks that while it
// rings, too.
func (c Config) Over(ctx context.Context, m app.Message) string {
	if c.Pointless == nil || m.Template == app.MessageTest {
		return ""
	}
	return c.Pointless(ctx, m.ID)
}

const (
	atFirst  = 800 * time.Millisecond // until who picks up listens
	forKey   = 5 * time.Second
	forDigit = 8 * time.Second
	mostAsks = 3
	mostSaid = 4 // times that a code is spoken
)

// Can reports whether a message can be said: notices are none of a call's.
func Can(m app.Message) bool {
	switch m.Template {
	case app.MessageCode:
		_, err := prompt.Digits(m.Code)
		return err == nil
	case app.MessageCall:
		return m.Call != ""
	case app.MessageTest:
		return true
	}
	return false
}

// Hold holds the conversation, to its end or until the person hangs up.
func (c Config) Hold(ctx context.Context, phone Telephone, m app.Message) Outcome {
	t := talk{Config: c, phone: phone, message: m}
	err := t.rest(ctx, atFirst)
	if err == nil {
		switch why := t.useless(ctx); {
		case why != "":
			err = t.over(ctx, why)
		case m.Template == app.MessageCode:
			err = t.code(ctx, m.Code)
		case m.Template == app.MessageCall:
			err = t.digits(ctx, m.Call)
		default:
			err = t.test(ctx)
		}
	}
	if err != nil && !t.heard && t.reason == "" {
		t.reason = HungUp
	}
	return Outcome{Heard: t.heard, Reason: t.reason, Key: t.key}
}

// talk is one conversation.
type talk struct {
	Config
	phone   Telephone
	message app.Message
	heard   bool
	reason  string
	key     byte
}

// useless says why what the call has to say is not to be said any more; empty: it is.
func (t *talk) useless(ctx context.Context) string {
	if by := port.CallBy(t.message.Expires); !by.IsZero() && !t.Clock.Now().Before(by) {
		return Expired
	}
	return t.vain(ctx)
}

// vain says why nobody waits for the call any more; empty: somebody does.
func (t *talk) vain(ctx context.Context) string { return t.Over(ctx, t.message) }

// over says that nobody waits for this call any more.
func (t *talk) over(ctx context.Context, why string) error {
	if !t.heard {
		t.reason = why
	}
	return t.last(ctx, prompt.Over)
}

// say speaks clips, each with a pause behind it, until a key is pressed.
func (t *talk) say(ctx context.Context, all ...prompt.Clip) (key byte, err error) {
	for _, c := range all {
		sound, err := prompt.Sound(t.Language, c)
		if err != nil {
			return 0, err
		}
		if key, err = t.phone.Say(ctx, sound, true); key != 0 || err != nil {
			return key, err
		}
		if key, err = t.pause(ctx, prompt.BetweenMore); key != 0 || err != nil {
			return key, err
		}
	}
	return 0, nil
}

func (t *talk) pause(ctx context.Context, length time.Duration) (key byte, err error) {
	return t.phone.Listen(ctx, length)
}

// rest is a pause that no key ends.
func (t *talk) rest(ctx context.Context, length time.Duration) error {
	_, err := t.phone.Say(ctx, silence[:int(length.Seconds()*prompt.Rate)], false)
	return err
}

// silence is as long as the longest pause, in µ-law.
var silence = bytes.Repeat([]byte{prompt.ULaw(0)}, prompt.Rate)

// last speaks to the end, whatever is pressed.
func (t *talk) last(ctx context.Context, all ...prompt.Clip) error {
	for _, c := range all {
		sound, err := prompt.Sound(t.Language, c)
		if err != nil {
			return err
		}
		if _, err = t.phone.Say(ctx, sound, false); err != nil {
			return err
		}
		if err = t.rest(ctx, prompt.BetweenMore); err != nil {
			return err
		}
	}
	return nil
}

// code speaks a code twice, and again for who asks for that.
func (t *talk) code(ctx context.Context, code string) error {
	digits, err := prompt.Digits(code)
	if err != nil {
		return err
	}
	if t.Press {
		pressed, err := t.askForKey(ctx)
		if pressed && err == nil { // a key's own sound comes first, and a hand that moves the handset
			err = t.rest(ctx, prompt.BetweenMore)
		}
		if !pressed || err != nil {
			return err
		}
	} else if err := t.last(ctx, prompt.Hello); err != nil {
		return err
	}
	for said, key := 0, byte('1'); said < mostSaid && key == '1'; said++ {
		if over, err := t.twice(ctx, digits); over || err != nil {
			return err
		}
		if key, err = t.say(ctx, prompt.Repeat); key == 0 && err == nil {
			key, err = t.phone.Listen(ctx, forKey)
		}
		if err != nil {
			return err
		}
	}
	return t.last(ctx, prompt.Goodbye)
}

// twice speaks a code two times, unless it is dead before the first, or nobody waits for it before the second: then it says so, and the
// call is over. It was heard once the first is over.
func (t *talk) twice(ctx context.Context, digits []prompt.Clip) (over bool, err error) {
	for _, before := range []prompt.Clip{prompt.Comes, prompt.Again} {
		useless := t.useless
		if before == prompt.Again { // it was begun in time
			useless = t.vain
		}
		if why := useless(ctx); why != "" {
			return true, t.over(ctx, why)
		}
		if err := t.last(ctx, before); err != nil {
			return false, err
		}
		if err := t.spell(ctx, digits); err != nil {
			return false, err
		}
		t.heard = true
	}
	return false, t.last(ctx, prompt.Type)
}

// spell speaks digits, which no key ends.
func (t *talk) spell(ctx context.Context, digits []prompt.Clip) error {
	for _, d := range digits {
		sound, err := prompt.Sound(t.Language, d)
		if err != nil {
			return err
		}
		if _, err = t.phone.Say(ctx, sound, false); err != nil {
			return err
		}
		if err = t.rest(ctx, prompt.BetweenTwo); err != nil {
			return err
		}
	}
	return nil
}

// askForKey asks for the key that the code waits for.
func (t *talk) askForKey(ctx context.Context) (pressed bool, err error) {
	for range mostAsks {
		key, err := t.say(ctx, prompt.Hello, prompt.Press)
		if key == 0 && err == nil {
			key, err = t.phone.Listen(ctx, forKey)
		}
		if err != nil || key == '1' {
			return key == '1', err
		}
	}
	t.reason = Machine
	return false, t.last(ctx, prompt.Goodbye)
}

// test asks for any key.
func (t *talk) test(ctx context.Context) (err error) {
	key, err := t.say(ctx, prompt.Hello, prompt.Test)
	t.heard = err == nil
	if key == 0 && err == nil {
		key, err = t.phone.Listen(ctx, forDigit)
	}
	if t.key = key; key != 0 && err == nil {
		return t.last(ctx, prompt.Right)
	}
	return err
}
