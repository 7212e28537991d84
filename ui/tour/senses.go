package tour

import (
	"regexp"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
)

// What a person reads off the page, the phone and the mailbox.

var groupsOfFour = regexp.MustCompile(`^[A-Z2-7]{4}( [A-Z2-7]{4})*$`)

// key reads the authenticator key off the page, as someone who can't scan does.
func (v *visitor) key() string {
	var key string
	v.act("read the key off the page", func() error {
		return v.until(func() bool {
			key = ""
			for _, text := range kit.Texts(v.o.Window.Root()) {
				if groupsOfFour.MatchString(text) {
					key += strings.ReplaceAll(text, " ", "")
				}
			}
			return len(key) == 32
		})
	})
	return key
}

// phone keeps a key for later.
func (v *visitor) phone(userID, key string) { v.phones[userID] = key }

// nextCode is a code of the app of someone whose key was kept, that was not read before.
func (v *visitor) nextCode(userID string) string {
	return v.unread(userID, func(at time.Time) string {
		code, err := v.o.Code(v.phones[userID], at)
		if err != nil {
			v.fail("the app shows no code: %w", err)
		}
		return code
	})
}

// unread reads a code off an app, each once: they work once. Telephones' clocks are half a minute off now and then, and
// this one runs ahead; where even that shows no new code, time passes.
func (v *visitor) unread(userID string, app func(time.Time) string) string {
	const length = 30 // seconds of a time step
	var code string
	v.act("read a code off the app", func() error {
		next := max(v.o.Clock().Unix()/length, v.shown[userID]+1)
		if wait := time.Unix((next-1)*length, 0).Sub(v.o.Clock()); wait > 0 {
			v.o.Pass(wait)
		}
		v.shown[userID], code = next, app(time.Unix(next*length, 0))
		return nil
	})
	return code
}

// wrong is a code that the person's app does not show, nor did or will within minutes.
func (v *visitor) wrong(p ui.Sample) string {
	near := map[string]bool{}
	for step := -4; step <= 4; step++ {
		near[p.App(v.o.Clock().Add(time.Duration(step)*30*time.Second))] = true
	}
	for _, code := range []string{"000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777", "888888", "999999"} {
		if !near[code] {
			return code
		}
	}
	return "123456"
}

// mailed waits for a message to an address that carries a code not read before, and reads it.
func (v *visitor) mailed(to string) string {
	var code string
	v.act("read the code that was sent to "+to, func() error {
		return v.within(v.underway(), func() bool {
			for _, m := range v.o.Trial.Tray.Messages() {
				if m.To == to && m.Code != "" && !v.read[m.ID] {
					v.read[m.ID] = true
					code = m.Code
				}
			}
			return code != ""
		})
	})
	return code
}

// underway is how long a message may take.
func (v *visitor) underway() time.Duration {
	if v.o.Delivers {
		return 4 * patience
	}
	return patience
}

// sent reports whether a message went out whose parameters name a value.
func (v *visitor) sent(id app.MessageID, value string) bool {
	for _, m := range v.o.Trial.Tray.Messages() {
		if m.Template != id {
			continue
		}
		for _, p := range m.Params {
			if p == value {
				return true
			}
		}
	}
	return false
}

// told reports whether a message went to an address or a number.
func (v *visitor) told(id app.MessageID, to string) bool {
	for _, m := range v.o.Trial.Tray.Messages() {
		if m.Template == id && m.To == to {
			return true
		}
	}
	return false
}

// typed is what stands in a field.
func (v *visitor) typed(key string) string {
	if f, is := v.find(key).(*kit.Field); is {
		return f.Text()
	}
	return ""
}
