package step

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// infoPage is what the person has registered; each row leads to what can be done with it.
type infoPage struct {
	*shell.PageBase
	flow *flow
	step app.SecurityInfo
}

func newInfo(f *flow, step app.SecurityInfo) *infoPage {
	s := &infoPage{PageBase: newStepPage(f), flow: f, step: step}
	s.Escape = f.w.Home
	return s
}

// Build implements shell.Page.
func (s *infoPage) Build() kit.PageSpec {
	var body []fyne.CanvasObject
	count := map[app.Kind]int{}
	for _, credential := range s.step.Have {
		key := "info." + string(credential.Kind)
		if count[credential.Kind]++; count[credential.Kind] > 1 {
			key += fmt.Sprintf(".%d", count[credential.Kind])
		}
		spec := kit.RowSpec{Icon: shell.KindIcon(credential.Kind), Title: shell.KindTitle(credential.Kind), Detail: s.flow.detail(credential)}
		if credential.Default {
			spec.Badge = words.Text("info.default")
		}
		body = append(body, kit.NewRow(key, spec, func() { s.Window.Show(newMethod(s.flow, credential)) }))
	}
	if len(s.step.More) > 0 {
		add := kit.NewButton("info.add", words.Text("info.add"), kit.Secondary, func() { s.Window.Show(newAdd(s.flow, s.step.More)) })
		body = append(body, kit.NewLine(0, add))
	}
	if s.step.Recommend {
		body = append(body, kit.NewNote(kit.NoteInfo, words.Text("registered.recommend")))
	}
	return kit.PageSpec{
		Heading: words.Text("registered.heading"),
		Lead:    s.lead(),
		Body:    body,
		Back:    kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.Window.Home),
	}
}

// lead says how many are needed, and how many different ones there are. Of those some may have to cool off before they
// serve a reset: it does not say that there are enough, but of a security key that counts as two.
func (s *infoPage) lead() string {
	n := different(s.step.Have)
	if most := s.step.Needed - s.step.Missing; s.step.Missing > 0 && n > most {
		n = most // a text and a call to one number are one telephone
	}
	if s.step.Missing == 0 && n < s.step.Needed {
		return words.Plural("registered.lead", n)
	}
	return words.Plural("info.lead", n, words.Values{"needed": s.step.Needed})
}

// methodPage is one registered way and what can be done with it; the flow stays where it is.
type methodPage struct {
	*shell.PageBase
	flow *flow
	one  app.Credential
}

func newMethod(f *flow, one app.Credential) *methodPage {
	s := &methodPage{PageBase: shell.NewPageBase(f.w, "method"), flow: f, one: one}
	s.Escape = f.show
	return s
}

// Build implements shell.Page.
func (s *methodPage) Build() kit.PageSpec {
	var body []fyne.CanvasObject
	row := func(key string, icon kit.Icon, in app.Input) {
		spec := kit.RowSpec{Icon: icon, Title: words.Text(key + ".title"), Detail: words.Text(key + ".detail")}
		body = append(body, kit.NewRow(key, spec, func() { s.flow.submit(in) }))
	}
	if s.one.Entered {
		row("method.confirm", kit.IconCheck, app.Choose{Kind: s.one.Kind})
	}
	if s.one.Kind.Verifies() && !s.one.Default && !s.one.Entered {
		row("method.default", kit.IconCheck, app.SetDefault{Credential: s.one.ID})
	}
	switch s.one.Kind {
	case app.KindQuestions:
		row("method.again", kit.IconQuestion, app.Replace{Credential: s.one.ID})
	case app.KindSMS, app.KindVoice, app.KindEmail:
		if !s.one.Entered {
			row("method.change", shell.KindIcon(s.one.Kind), app.Replace{Credential: s.one.ID})
		}
	}
	if s.one.Masked != "" && s.one.Kind != app.KindSecurityKey {
		row("method.reveal", kit.IconEye, app.Reveal{Credential: s.one.ID})
	}
	row("method.delete", kit.IconWarning, app.Delete{Credential: s.one.ID})
	return kit.PageSpec{
		Heading: shell.KindTitle(s.one.Kind),
		Lead:    s.flow.detail(s.one),
		Body:    body,
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.flow.show),
	}
}

// addPage offers what else may be registered; the flow stays where it is.
type addPage struct {
	*shell.PageBase
	flow *flow
	more []app.Choice
}

func newAdd(f *flow, more []app.Choice) *addPage {
	s := &addPage{PageBase: shell.NewPageBase(f.w, "add"), flow: f, more: more}
	s.Escape = f.show
	return s
}

// Build implements shell.Page.
func (s *addPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("registered.more"),
		Lead:    words.Text("info.add_lead"),
		Body:    s.flow.choices("add", s.more),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.flow.show),
	}
}

// deletePage asks before what can't be undone.
type deletePage struct {
	*shell.PageBase
	flow *flow
	step app.ConfirmDelete
}

func newDelete(f *flow, step app.ConfirmDelete) *deletePage {
	s := &deletePage{PageBase: newStepPage(f), flow: f, step: step}
	s.Primary = kit.NewButton("delete.button", words.Text("delete.button"), kit.Danger, s.onDelete)
	return s
}

// Build implements shell.Page.
func (s *deletePage) Build() kit.PageSpec {
	body := s.flow.registeredRows([]app.Credential{s.step.Credential})
	if s.step.Left < s.step.Needed {
		body = append(body, kit.NewNote(kit.NoteWarning,
			words.Plural("delete.too_few", s.step.Left, words.Values{"needed": s.step.Needed})))
	}
	return kit.PageSpec{
		Heading: words.Text("delete.heading"),
		Lead:    words.Text("delete.lead"),
		Body:    body,
		Back:    kit.NewButton("page.back", words.Text("delete.keep"), kit.Link, s.flow.back),
	}
}

func (s *deletePage) onDelete() { s.flow.submit(app.Delete{Credential: s.step.Credential.ID}) }

// revealedPage shows a number or an address in full, until it is left.
type revealedPage struct {
	*shell.PageBase
	flow *flow
	step app.Revealed
}

func newRevealed(f *flow, step app.Revealed) *revealedPage {
	s := &revealedPage{PageBase: newStepPage(f), flow: f, step: step}
	s.SetNext(words.Text("button.done"), f.back)
	return s
}

// Build implements shell.Page.
func (s *revealedPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: shell.KindTitle(s.step.Credential.Kind),
		Lead:    words.Text("revealed.lead"),
		Body:    []fyne.CanvasObject{kit.NewCard(kit.NewText(shell.Destination(s.step.Value.Reveal()), kit.Heading))},
	}
}

// everywherePage asks before every session ends; the flow stays where it is.
type everywherePage struct {
	*shell.PageBase
	flow *flow
}

func newEverywhere(f *flow) *everywherePage {
	s := &everywherePage{PageBase: shell.NewPageBase(f.w, "everywhere"), flow: f}
	s.Escape = f.show
	s.SetNext(words.Text("everywhere.button"), func() { f.submit(app.SignOutEverywhere{}) })
	return s
}

// Build implements shell.Page.
func (s *everywherePage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("everywhere.heading"),
		Lead:    words.Text("everywhere.lead"),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.flow.show),
	}
}
