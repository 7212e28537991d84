package step_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// shownRows are the ways that a page offers, from top to bottom, each with its badge.
func shownRows(w *shell.Window, prefix string) []string {
	var rows []string
	badges := []string{words.Text("choose.recommended"), words.Text("choose.elsewhere"), words.Text("choose.registered")}
	kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
		row, is := o.(*kit.Row)
		if !is || !strings.HasPrefix(row.Key(), prefix+".") {
			return false
		}
		said := strings.TrimPrefix(row.Key(), prefix+".")
		for _, text := range kit.Texts(row) {
			if slices.Contains(badges, text) {
				said += ": " + text
			}
		}
		rows = append(rows, said)
		return false
	})
	return rows
}

// TestWhatThisComputerCantUseIsLast: never first, never recommended, on each page that offers ways.
func TestWhatThisComputerCantUseIsLast(t *testing.T) {
	key, authApp := app.Choice{Kind: app.KindSecurityKey, Recommended: true}, app.Choice{Kind: app.KindAuthApp}
	sms, voice, email := app.Choice{Kind: app.KindSMS}, app.Choice{Kind: app.KindVoice}, app.Choice{Kind: app.KindEmail}
	have := func(c app.Choice) app.Choice { c.Have = true; return c }
	for name, c := range map[string]struct {
		step   app.Step
		others []app.Choice
		prefix string
		with   string // what is shown where keys can be used
		want   string // and where they can't
	}{
		"registering": {
			app.ChooseMethod{Enrol: true, Choices: []app.Choice{key, authApp, sms}}, nil, "choose",
			"securitykey: Recommended, authapp, sms", "authapp: Recommended, sms, securitykey: Not on this computer",
		},
		"proving": {
			app.ChooseMethod{Choices: []app.Choice{key, sms}}, nil, "choose",
			"securitykey: Recommended, sms", "sms: Recommended, securitykey: Not on this computer",
		},
		"after a telephone": {
			app.ChooseMethod{Enrol: true, Choices: []app.Choice{key, have(authApp), have(sms), voice, email}}, nil, "choose",
			"securitykey: Recommended, authapp: Registered, sms: Registered, voice, email",
			"authapp: Registered, sms: Registered, voice, email: Recommended, securitykey: Not on this computer",
		},
		"nothing but a telephone": {
			app.ChooseMethod{Enrol: true, Choices: []app.Choice{key, have(sms), voice}}, nil, "choose",
			"securitykey: Recommended, sms: Registered, voice", "sms: Registered, voice: Recommended, securitykey: Not on this computer",
		},
		"adding": {
			app.Registered{Needed: 2, More: []app.Choice{key, email}}, nil, "registered",
			"securitykey: Recommended, email", "email: Recommended, securitykey: Not on this computer",
		},
		"a key at once": {app.UseKey{Get: &app.KeyGet{}}, []app.Choice{authApp, sms}, "others", "", "authapp, sms"},
	} {
		for _, keys := range []bool{true, false} {
			s := uitest.NewStage(t)
			f := uitest.FlowAt(1, c.step)
			f.Others = c.others
			w := s.At(f, func(o *ui.Options) {
				if keys {
					o.Keys = &driver{here: make(chan []app.KeyInfo), runs: make(chan *keyTrial)}
				}
			})
			t.Cleanup(w.Close)
			want := c.want
			if keys {
				want = c.with
			}
			if got := strings.Join(shownRows(w, c.prefix), ", "); got != want {
				t.Errorf("%s, keys %v:\ngot  %s\nwant %s", name, keys, got, want)
			}
		}
	}
}

// TestAKeyIsExpectedWhileItsRequestIsFetched, and no other way is.
func TestAKeyIsExpectedWhileItsRequestIsFetched(t *testing.T) {
	for _, c := range []struct {
		chosen app.Kind
		want   int
	}{{app.KindSecurityKey, 1}, {app.KindSMS, 0}} {
		s, keys := uitest.NewStage(t), &driver{}
		f := uitest.FlowAt(1, app.ChooseMethod{Enrol: true, Choices: []app.Choice{{Kind: app.KindSecurityKey}, {Kind: app.KindSMS}}})
		w := s.At(f, func(o *ui.Options) { o.Keys = keys })
		t.Cleanup(w.Close)
		s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.EnterPhone{}), nil }
		s.Hold = true
		uitest.Tap(t, w, "choose."+string(c.chosen))
		if keys.expected != c.want || len(s.Sent) != 0 {
			t.Errorf("%s: a key was expected %d times, and %d inputs arrived before", c.chosen, keys.expected, len(s.Sent))
		}
		s.Release()
		if keys.expected != c.want || len(s.Sent) != 1 {
			t.Errorf("%s: a key was expected %d times for %d inputs", c.chosen, keys.expected, len(s.Sent))
		}
	}
}
