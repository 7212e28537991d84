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

// code is what the app shows now for a key.
func (v *visitor) code(key string) string {
	if v.err != nil {
		return ""
	}
	code, err := v.o.Code(key, time.Now())
	if err != nil {
		v.fail("the app shows no code: %w", err)
	}
	v.shown = code
	return code
}

// phone keeps a key for later.
func (v *visitor) phone(userID, key string) { v.phones[userID] = key }

// nextCode waits until the app shows a code that was not used yet, as each works once.
func (v *visitor) nextCode(userID string) string {
	used := v.shown
	v.act("wait for the app's next code", func() error {
		return v.within(step, func() bool {
			code, err := v.o.Code(v.phones[userID], time.Now())
			return err == nil && code != used
		})
	})
	return v.code(v.phones[userID])
}

// wrong is a code that the person's app does not show, nor did or will within minutes.
func (v *visitor) wrong(p ui.Sample) string {
	near := map[string]bool{}
	for step := -4; step <= 4; step++ {
		near[p.App(time.Now().Add(time.Duration(step)*30*time.Second))] = true
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
		return v.until(func() bool {
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

// delivered reports whether a message went out whose parameters name a value.
func (v *visitor) delivered(id app.MessageID, value string) bool {
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
