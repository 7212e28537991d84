package step

import (
	"runtime"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// unsupported stands where this program can't drive keys: the other ways come at once.
func (s *keyPage) unsupported() kit.PageSpec {
	var body []fyne.CanvasObject
	if len(s.flow.Others) > 0 {
		body = append(body, kit.NewText(s.flow.othersLead(), kit.Strong))
		body = append(body, s.flow.choices("others", s.flow.Others)...)
	}
	return kit.PageSpec{
		Heading: words.Text("key.unsupported.heading"),
		Lead:    words.Text("key.unsupported.lead"),
		Body:    append(body, s.HelpCard()),
	}
}

// plugIn waits for a key, and says why there is none if there was one.
func (s *keyPage) plugIn() kit.PageSpec { return s.plugInAfter(nil)() }

func (s *keyPage) plugInAfter(e *app.Error) keyStage {
	return func() kit.PageSpec {
		spec := kit.PageSpec{Heading: words.Text("key.plug.heading"), Lead: words.Text("key.plug.lead_prove"), Body: keyparts.Art(kit.KeyAway)}
		if s.step.Create != nil {
			spec.Lead = words.Text("key.plug.lead_register")
		}
		if e != nil {
			spec.Body = s.under(e, spec.Body)
		}
		s.HintAfter(keyparts.UnseenHint(runtime.GOOS))
		return spec
	}
}

// working stands while the key works and nothing is wanted of the person.
func (s *keyPage) working() kit.PageSpec {
	s.HintAfter(shell.OfferAfter, words.Text("key.here.late"))
	return kit.PageSpec{Heading: words.Text("key.here.heading"), Lead: words.Text("key.here.lead"), Body: keyparts.Art(kit.KeyWorking)}
}

// answered stands while the key's answer is judged.
func (s *keyPage) answered() kit.PageSpec {
	return kit.PageSpec{Heading: words.Text("key.answered.heading"), Lead: words.Text("key.answered.lead"), Body: keyparts.Art(kit.KeyThere)}
}

// touch asks for a touch, or for a finger on the sensor.
func (s *keyPage) touch(state app.KeyState) keyStage {
	return func() kit.PageSpec {
		spec := kit.PageSpec{About: s.name(state), Heading: words.Text("key.touch.heading"), Lead: words.Text("key.touch.lead"), Body: keyparts.Art(kit.KeyWaiting)}
		if state.Want == app.KeyWantsFinger {
			spec.Heading, spec.Lead = words.Text("key.finger.heading"), words.Text("key.finger.lead")
		}
		if state.Last != nil {
			spec.Body = s.under(state.Last, spec.Body)
		}
		s.HintAfter(keyparts.UntouchedAfter, words.Text("key.touch.late"))
		return spec
	}
}

// name names the key that is at work.
func (s *keyPage) name(state app.KeyState) string { return keyparts.Name(state.Key, s.here) }

// choose offers the keys that are plugged in; one of them can be touched instead.
func (s *keyPage) choose(keys []app.KeyInfo, take func(int)) keyStage {
	return func() kit.PageSpec {
		var body []fyne.CanvasObject
		for i, k := range keys {
			spec := kit.RowSpec{Icon: kit.IconKey, Title: keyparts.Name(k, keys), Detail: k.Manufacturer}
			body = append(body, s.row("key.choose", i, spec, take))
		}
		s.HintAfter(keyparts.UntouchedAfter, words.Text("key.choose.late"))
		return kit.PageSpec{Heading: words.Text("key.choose.heading"), Lead: words.Text("key.choose.lead"), Body: append(body, keyparts.Art(kit.KeyWaiting)...)}
	}
}

// accounts offers the accounts that the key knows.
func (s *keyPage) accounts(accounts []app.KeyAccount, take func(int)) keyStage {
	return func() kit.PageSpec {
		var body []fyne.CanvasObject
		for i, a := range accounts {
			spec := kit.RowSpec{Icon: kit.IconPerson, Title: a.DisplayName, Detail: a.Name}
			switch {
			case spec.Title == "" && spec.Detail == "":
				spec.Title = words.Text("key.account.nameless", words.Values{"n": i + 1})
			case spec.Title == "":
				spec.Title, spec.Detail = spec.Detail, ""
			}
			body = append(body, s.row("key.account", i, spec, take))
		}
		return kit.PageSpec{Heading: words.Text("key.account.heading"), Lead: words.Text("key.account.lead"), Body: body}
	}
}

// row is one of several to choose from; the first has the focus.
func (s *keyPage) row(key string, i int, spec kit.RowSpec, take func(int)) fyne.CanvasObject {
	row := kit.NewRow(key+"."+strconv.Itoa(i+1), spec, func() { take(i) })
	if i == 0 {
		s.First = row
	}
	return row
}

// under puts what went wrong above a body.
func (s *keyPage) under(e *app.Error, body []fyne.CanvasObject) []fyne.CanvasObject {
	return append([]fyne.CanvasObject{kit.NewNote(kit.NoteWarning, s.Window.Refusal(e))}, body...)
}
