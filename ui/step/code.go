package step

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// codePage takes the code that an app shows or a message carries.
type codePage struct {
	*shell.PageBase
	flow   *flow
	cells  *kit.CodeCells
	valid  *kit.Text
	hint   *kit.Text   // where to look for the code, as long as that helps; nil: there is none
	resend *kit.Button // nil when there is nothing to send
	told   *told
	watch  *watch
}

func newCode(f *flow, step app.EnterCode) *codePage {
	s := &codePage{PageBase: newStepPage(f), flow: f,
		cells: kit.NewCodeCells("code.cells", words.Text("code.label")),
		valid: kit.NewText("", kit.Muted),
	}
	if key := hints[step.Channel]; key != "" {
		s.hint = kit.NewText(words.Text(key), kit.Small)
	}
	takeCode(s.PageBase, s.cells, s.onNext)
	s.told = newTold(f, step.Channel)
	s.watch = newWatch(f, s.askAfter, s.onHeard)
	clearCells := s.Leave
	s.Leave = func() {
		clearCells()
		s.watch.leave()
		s.told.stop()
	}
	s.SetNext(words.Text("button.next"), s.onNext)
	if !step.ResendAt.IsZero() {
		s.resend = kit.NewButton("code.resend", s.again(step, ""), kit.Link, s.onResend)
	}
	if !step.ResendAt.IsZero() || !step.Expires.IsZero() {
		s.Tick = s.onTick
	}
	return s
}

// Build implements shell.Page.
func (s *codePage) Build() kit.PageSpec {
	step := s.step()
	return kit.PageSpec{
		Heading:   words.Text(s.heading(step.Channel)),
		Lead:      s.lead(step),
		Body:      s.body(step),
		Back:      s.flow.exits(),
		Secondary: s.flow.another(),
	}
}

// body says what became of the message first, where that is told: there people look while they wait.
func (s *codePage) body(step app.EnterCode) []fyne.CanvasObject {
	body := []fyne.CanvasObject{s.cells, s.times()}
	if s.hint != nil {
		body = append(body, s.hint)
	}
	if step.Delivery == "" {
		return body
	}
	s.tell(step)
	return append([]fyne.CanvasObject{s.told.place}, body...)
}

// askAfter is after how long the flow is read again.
func (s *codePage) askAfter() time.Duration {
	step := s.step()
	return s.flow.askAfter(step.Channel, step.Delivery, step.Handed)
}

// onHeard says what became of the message. What was typed stays.
func (s *codePage) onHeard() {
	if s.tell(s.step()) {
		s.Refresh()
		s.onTick()
	}
}

// tell says what became of the message, and where to look for it only where it may be; it reports whether that changed.
func (s *codePage) tell(step app.EnterCode) bool {
	if !s.told.show(step.Delivery, step.Handed) {
		return false
	}
	if s.hint != nil {
		s.hint.Hidden = !helps(step.Channel, step.Delivery)
	}
	return true
}

// step is the step as it stands: a refused code may have changed its times.
func (s *codePage) step() app.EnterCode {
	step, _ := s.flow.Now.(app.EnterCode)
	return step
}

func (s *codePage) heading(channel app.Kind) string {
	if key := "code.heading." + string(channel); words.Known(key) {
		return key
	}
	return "code.heading.other"
}

func (s *codePage) lead(step app.EnterCode) string {
	switch {
	case step.Channel == app.KindAuthApp:
		return words.Text("code.lead.authapp")
	case step.Delivery != "" && step.Masked != "":
		return words.Text(goes(step.Channel), words.Values{"to": step.Masked})
	case step.Delivery != "":
		return "" // what became of it stands below
	case step.Channel == app.KindVoice && step.Masked != "":
		return words.Text("code.lead.called", words.Values{"to": step.Masked})
	case step.Channel == app.KindVoice:
		return words.Text("code.lead.called_hidden")
	case step.Masked != "":
		return words.Text("code.lead.sent", words.Values{"to": step.Masked})
	}
	if len(s.flow.Others) > 0 {
		return words.Text("code.lead.sent_hidden_another")
	}
	return words.Text("code.lead.sent_hidden")
}

// goes says where a message or a call is for, whatever became of it.
func goes(channel app.Kind) string {
	if channel == app.KindVoice {
		return "code.lead.goes_call"
	}
	return "code.lead.goes"
}

// times says how long the code is good, and when another can be sent.
func (s *codePage) times() fyne.CanvasObject {
	if s.Tick == nil {
		return nil
	}
	if s.resend == nil {
		return s.valid
	}
	return kit.NewLine(8, s.valid, s.resend)
}

// hints say where the code is.
var hints = map[app.Kind]string{app.KindEmail: "code.next_hint", app.KindVoice: "code.call_hint"}

// helps reports whether the hint of a channel helps whose message has come that far: nobody finds among unwanted mail what no relay
// has taken, and no call rings that is over.
func helps(channel app.Kind, d app.Delivery) bool {
	if channel == app.KindVoice {
		return !d.Failed() && d != app.DeliveryArrived
	}
	return !d.Failed() && d != app.DeliveryLate
}

func (s *codePage) onTick() {
	step, now := s.step(), s.Window.Clock()
	if !step.Expires.IsZero() {
		left := s.flow.local(step.Expires).Sub(now)
		if left > 0 {
			s.valid.SetText(words.Text("code.valid", words.Values{"left": words.Countdown(left)}))
		} else {
			s.valid.SetText(words.Text("code.over"))
		}
	}
	s.watch.tick(now)
	if s.resend == nil {
		return
	}
	opens := s.flow.local(step.ResendAt)
	if now.Before(opens) {
		s.resend.SetText(s.again(step, words.Until(now, opens)))
		s.resend.Disable()
		return
	}
	s.resend.SetText(s.again(step, ""))
	s.resend.Enable()
}

// again offers another code, and says when it can be had.
func (s *codePage) again(step app.EnterCode, when string) string {
	values := words.Values{"when": when}
	switch call := step.Channel == app.KindVoice; {
	case call && when == "":
		return words.Text("code.call_again")
	case call:
		return words.Text("code.call_again_in", values)
	case when == "":
		return words.Text("code.resend")
	}
	return words.Text("code.resend_in", values)
}

func (s *codePage) onResend() { s.flow.submit(app.Resend{}) }

func (s *codePage) onNext() { s.flow.giveCode(s.PageBase, s.cells) }

// Failed implements shell.Page.
func (s *codePage) Failed(e *app.Error) { refuseCode(s.PageBase, s.cells, s.step().Channel, e) }

// takeCode makes a page take a code: six digits that were typed, or pasted alone, send themselves.
func takeCode(b *shell.PageBase, cells *kit.CodeCells, onNext func()) {
	b.Fields = map[string]shell.ErrorField{"code": cells}
	b.First = cells
	cells.OnChanged = func(string) { cells.SetError("") }
	cells.OnComplete = func(string) { onNext() }
	cells.OnUnclear = func(codes int) {
		why := words.Text("code.pasted_none")
		if codes > 0 {
			why = words.Text("code.pasted_several")
		}
		b.Refuse(cells, why)
	}
	b.Leave = cells.Clear
}

// giveCode sends what stands in the cells.
func (f *flow) giveCode(b *shell.PageBase, cells *kit.CodeCells) {
	digits, err := app.NormalDigits(cells.Text())
	if err != nil {
		b.Refuse(cells, words.Text("code.incomplete"))
		return
	}
	f.submit(app.GiveCode{Digits: app.NewSecret(digits)})
}

// refuseCode shows a refused code in the note, with the tries that are left, and takes it out of the cells. What never
// reached the judge stays: it can be sent again. An app's code goes by the telephone's clock, which the note names then.
func refuseCode(b *shell.PageBase, cells *kit.CodeCells, channel app.Kind, e *app.Error) {
	if channel == app.KindAuthApp && e.Code == app.CodeWrongCode {
		b.Say(kit.NewNote(kit.NoteWarning, words.Plural("error.code_wrong_app", e.TriesLeft)))
	} else {
		b.Warn(e)
	}
	if !shell.FateUnknown(e.Code) && e.Code != app.CodeTooEarly {
		cells.Clear()
	}
	b.Focus(cells)
}
