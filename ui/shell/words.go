package shell

import (
	"strconv"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// Refusal says what an error means to the person, and what to do. when is the time of the next try as people say it,
// empty when time does not matter.
func Refusal(e *app.Error, when string) string {
	key := "error." + string(e.Code)
	switch e.Code {
	case app.CodeOffline:
		return words.Offline(e.Params)
	case app.CodeWrongCode, app.CodeWrongAddr, app.CodeWrongPhone, app.CodeWrongAnswer,
		app.CodeKeyPINWrong, app.CodeKeyFingerWrong:
		return triesLeft(key, e.TriesLeft)
	case app.CodeClock:
		return clockOff(e)
	case app.CodeKeyPINShort:
		return words.Text(key, words.Values{"min": e.Params["min"]})
	case app.CodeKeyRefused:
		return words.Text(key, words.Values{"status": e.Params["status"]})
	case app.CodeBadPhone, app.CodePhoneUse:
		if why := "phone.fault." + e.Params["why"]; words.Known(why) {
			return words.Text(why)
		}
	case app.CodePassword, app.CodeDirectory:
		if rule := e.Params["rule"]; rule != "" && words.Known("rule."+rule) {
			if e.Code == app.CodeDirectory {
				key = "error.directory_refused_rule"
			}
			return words.Text(key) + " " + words.Text("rule."+rule)
		}
	}
	if when != "" && words.Known(key+"_until") {
		return words.Text(key+"_until", words.Values{"when": when})
	}
	if !words.Known(key) {
		key = "error.internal"
	}
	return words.Text(key)
}

// triesLeft says that something was wrong, and how many tries are left; where 0 stands for no number, it names none.
func triesLeft(key string, n int) string {
	if n == 0 && words.Known(key+"_uncounted") {
		return words.Text(key + "_uncounted")
	}
	return words.Plural(key, n)
}

// clockOff says by how much an app's clock is off, and what to set.
func clockOff(e *app.Error) string {
	seconds, err := strconv.Atoi(e.Params["seconds"])
	if err != nil || seconds <= 0 {
		return words.Text("error.code_clock")
	}
	off := words.Values{"off": words.Text("clock.seconds", words.Values{"n": seconds})}
	if seconds >= 120 {
		off["off"] = words.Text("clock.minutes", words.Values{"n": (seconds + 30) / 60})
	}
	if e.Params["side"] == "behind" {
		return words.Text("error.code_clock_behind", off)
	}
	return words.Text("error.code_clock_ahead", off)
}

// Refusal says what an error means here, now.
func (w *Window) Refusal(e *app.Error) string {
	when := ""
	if now := w.Clock(); e.RetryAt.After(now) {
		when = words.Until(now, e.RetryAt)
	}
	return Refusal(e, when)
}

// KindTitle is the name of a kind.
func KindTitle(k app.Kind) string { return words.Text("kind." + string(k) + ".title") }

// KindIcon pictures a kind.
func KindIcon(k app.Kind) kit.Icon {
	switch k {
	case app.KindAuthApp:
		return kit.IconApp
	case app.KindSMS:
		return kit.IconMessage
	case app.KindVoice:
		return kit.IconCall
	case app.KindSecurityKey:
		return kit.IconKey
	case app.KindEmail:
		return kit.IconMail
	case app.KindQuestions:
		return kit.IconQuestion
	}
	return kit.IconShield
}

// Destination is where a message went, as people write it.
func Destination(to string) string {
	if number, extension, has := strings.Cut(to, ";ext="); has {
		return words.Text("tray.extension", words.Values{"number": number, "extension": extension})
	}
	return to
}
