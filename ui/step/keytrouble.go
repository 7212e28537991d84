package step

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// keyTrouble is something that goes wrong with a key.
type keyTrouble struct {
	words string // the text that heads the page; with "_lead" behind it, if there is one, what to do
	stays bool   // until another key is plugged in, or the same one anew
}

var keyTroubles = map[app.Code]keyTrouble{
	app.CodeKeyExcluded:     {"key.trouble.excluded", true},
	app.CodeKeyNoCredential: {"key.trouble.strange", true},
	app.CodeKeyPINBlocked:   {"key.trouble.blocked", true},
	app.CodeKeyAuthBlocked:  {"key.trouble.pause", true},
	app.CodeKeyNotAllowed:   {"key.trouble.kind", true},
	app.CodeKeyUnsupported:  {"key.trouble.unable", true},
	app.CodeKeyTakesNoPIN:   {"key.trouble.pinless", true},
	app.CodeKeyFull:         {"key.trouble.full", true},
	app.CodeKeyNoPermission: {"key.trouble.permission", false},
	app.CodeKeyUntouched:    {"key.trouble.untouched", false},
	app.CodeKeyTimeout:      {"key.trouble.silent", false},
	app.CodeKeyLate:         {"key.trouble.timeout", false},
	app.CodeKeyBusy:         {"key.trouble.busy", false},
	app.CodeKeyAtWork:       {"key.trouble.at_work", false},
	app.CodeKeyDisturbed:    {"key.trouble.disturbed", false},
	app.CodeKeyRefused:      {"key.trouble.refused", false},
	app.CodeKeyFailed:       {"key.trouble.odd", false},
	app.CodeKeyCancelled:    {"key.trouble.cancelled", false},
}

func troubleOf(code app.Code) keyTrouble {
	if t, is := keyTroubles[code]; is {
		return t
	}
	return keyTrouble{words: "key.trouble.other"}
}

// trouble says what went wrong with the key, and what helps: at least another way, or the help desk where there is none.
func (s *keyPage) trouble(e *app.Error) keyStage {
	return func() kit.PageSpec {
		spec := s.refused(e)()
		spec.Lead, spec.Body = s.Window.Refusal(e), keyparts.Art(kit.KeyTrouble)
		if help := troubleOf(e.Code).words + "_lead"; words.Known(help) {
			spec.Lead = words.Text(help)
		}
		if e.Code == app.CodeKeyNoPermission {
			spec.Lead, spec.Body = keyparts.Permission(s.Window, e)
		}
		if len(s.flow.Others) > 0 {
			spec.Lead += " " + words.Text("key.trouble.another")
		} else {
			spec.Body = append(spec.Body, s.HelpCard())
		}
		return spec
	}
}

// refused is for an answer that the server did not take: the note says why.
func (s *keyPage) refused(e *app.Error) keyStage {
	return func() kit.PageSpec {
		if shell.FateUnknown(e.Code) {
			return kit.PageSpec{Heading: words.Text("key.answered.heading")}
		}
		trouble := troubleOf(e.Code)
		if !trouble.stays || len(s.here) > 1 {
			s.SetPrimary("key.again", words.Text("button.retry"), s.again)
			s.First = s.Primary
		}
		return kit.PageSpec{Heading: words.Text(trouble.words)}
	}
}
