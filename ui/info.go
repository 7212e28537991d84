package ui

import (
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// infoScreen is what the person has registered; each row leads to what can be done with it.
type infoScreen struct {
	*sheet
	talk *conversation
	step app.SecurityInfo
}

func newInfo(c *conversation, step app.SecurityInfo) *infoScreen {
	s := &infoScreen{sheet: newStepSheet(c), talk: c, step: step}
	s.escape = c.w.home
	return s
}

func (s *infoScreen) build() fyne.CanvasObject {
	var body []fyne.CanvasObject
	count := map[app.Kind]int{}
	for _, credential := range s.step.Have {
		key := "info." + string(credential.Kind)
		if count[credential.Kind]++; count[credential.Kind] > 1 {
			key += fmt.Sprintf(".%d", count[credential.Kind])
		}
		spec := kit.RowSpec{Icon: kindIcon(credential.Kind), Title: kindTitle(credential.Kind), Detail: s.talk.detail(credential)}
		if credential.Default {
			spec.Badge = words.Text("info.default")
		}
		body = append(body, kit.NewRow(key, spec, func() { s.w.show(newMethod(s.talk, credential)) }))
	}
	if len(s.step.More) > 0 {
		add := kit.NewButton("info.add", words.Text("info.add"), kit.Secondary, func() { s.w.show(newAdd(s.talk, s.step.More)) })
		body = append(body, kit.NewLine(0, add))
	}
	if s.step.Recommend {
		body = append(body, kit.NewNote(kit.NoteInfo, words.Text("registered.recommend")))
	}
	return s.page(kit.PageSpec{
		Heading: words.Text("registered.heading"),
		Lead:    s.lead(),
		Body:    body,
		Back:    kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.w.home),
	})
}

// lead says how many are needed, and how many different ones there are. Of those some may have to cool off before they
// serve a reset: it does not say that there are enough, but of a security key that counts as two.
func (s *infoScreen) lead() string {
	n := different(s.step.Have)
	if s.step.Missing == 0 && n < s.step.Needed {
		return words.Plural("registered.lead", n)
	}
	return words.Plural("info.lead", n, words.Values{"needed": s.step.Needed})
}

// methodScreen is one registered way and what can be done with it; the flow stays where it is.
type methodScreen struct {
	*sheet
	talk *conversation
	one  app.Credential
}

func newMethod(c *conversation, one app.Credential) *methodScreen {
	s := &methodScreen{sheet: newSheet(c.w, "method"), talk: c, one: one}
	s.escape = c.show
	return s
}

func (s *methodScreen) build() fyne.CanvasObject {
	var body []fyne.CanvasObject
	row := func(key string, icon kit.Icon, in app.Input) {
		spec := kit.RowSpec{Icon: icon, Title: words.Text(key + ".title"), Detail: words.Text(key + ".detail")}
		body = append(body, kit.NewRow(key, spec, func() { s.talk.submit(in) }))
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
			row("method.change", kindIcon(s.one.Kind), app.Replace{Credential: s.one.ID})
		}
	}
	if s.one.Masked != "" && s.one.Kind != app.KindSecurityKey {
		row("method.reveal", kit.IconEye, app.Reveal{Credential: s.one.ID})
	}
	row("method.delete", kit.IconWarning, app.Delete{Credential: s.one.ID})
	return s.page(kit.PageSpec{
		Heading: kindTitle(s.one.Kind),
		Lead:    s.talk.detail(s.one),
		Body:    body,
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.talk.show),
	})
}

// addScreen offers what else may be registered; the flow stays where it is.
type addScreen struct {
	*sheet
	talk *conversation
	more []app.Choice
}

func newAdd(c *conversation, more []app.Choice) *addScreen {
	s := &addScreen{sheet: newSheet(c.w, "add"), talk: c, more: more}
	s.escape = c.show
	return s
}

func (s *addScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("registered.more"),
		Lead:    words.Text("info.add_lead"),
		Body:    s.talk.choices("add", s.more),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.talk.show),
	})
}

// deleteScreen asks before what can't be undone.
type deleteScreen struct {
	*sheet
	talk *conversation
	step app.ConfirmDelete
}

func newDelete(c *conversation, step app.ConfirmDelete) *deleteScreen {
	s := &deleteScreen{sheet: newStepSheet(c), talk: c, step: step}
	s.primary = kit.NewButton("delete.button", words.Text("delete.button"), kit.Danger, s.onDelete)
	return s
}

func (s *deleteScreen) build() fyne.CanvasObject {
	body := s.talk.registeredRows([]app.Credential{s.step.Credential})
	if s.step.Left < s.step.Needed {
		body = append(body, kit.NewNote(kit.NoteWarning,
			words.Plural("delete.too_few", s.step.Left, words.Values{"needed": s.step.Needed})))
	}
	return s.page(kit.PageSpec{
		Heading: words.Text("delete.heading"),
		Lead:    words.Text("delete.lead"),
		Body:    body,
		Back:    kit.NewButton("page.back", words.Text("delete.keep"), kit.Link, s.talk.back),
	})
}

func (s *deleteScreen) onDelete() { s.talk.submit(app.Delete{Credential: s.step.Credential.ID}) }

// revealedScreen shows a number or an address in full, until it is left.
type revealedScreen struct {
	*sheet
	talk *conversation
	step app.Revealed
}

func newRevealed(c *conversation, step app.Revealed) *revealedScreen {
	s := &revealedScreen{sheet: newStepSheet(c), talk: c, step: step}
	s.next(words.Text("button.done"), c.back)
	return s
}

func (s *revealedScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: kindTitle(s.step.Credential.Kind),
		Lead:    words.Text("revealed.lead"),
		Body:    []fyne.CanvasObject{kit.NewCard(kit.NewText(destination(s.step.Value.Reveal()), kit.Heading))},
	})
}

// everywhereScreen asks before every session ends; the flow stays where it is.
type everywhereScreen struct {
	*sheet
	talk *conversation
}

func newEverywhere(c *conversation) *everywhereScreen {
	s := &everywhereScreen{sheet: newSheet(c.w, "everywhere"), talk: c}
	s.escape = c.show
	s.next(words.Text("everywhere.button"), func() { c.submit(app.SignOutEverywhere{}) })
	return s
}

func (s *everywhereScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("everywhere.heading"),
		Lead:    words.Text("everywhere.lead"),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.talk.show),
	})
}

// forgetSession is what is left to do here when every session has ended, or this one, since it was for this flow alone.
func (w *Window) forgetSession(done app.Done) {
	if !slices.Contains(done.Facts, app.FactEverywhere) && !w.session.ByPass || w.session.ID == "" {
		return
	}
	sessions := w.services.Sessions
	w.session = app.Session{}
	w.o.Run.Run(func() func() {
		_ = sessions.Close(context.Background())
		return nil
	})
}

// accountPlaces are where who is signed in may go.
func (w *Window) accountPlaces() fyne.CanvasObject {
	talk := w.talk
	place := func(key string, purpose, goes app.Purpose) *kit.RailItem {
		return kit.NewRailItem(key, words.Text(key), talk.flow.Purpose == purpose, func() {
			w.Go(Route{Place: PlaceFlow, Purpose: goes})
		})
	}
	places := []*kit.RailItem{
		place("rail.info", app.PurposeManage, app.PurposeManage), place("rail.change", app.PurposeChange, app.PurposeChange),
	}
	if talk.flow.Purpose == app.PurposeManage {
		places = append(places, kit.NewRailItem("rail.everywhere", words.Text("rail.everywhere"), false, func() { w.show(newEverywhere(talk)) }))
	}
	if w.caresForKeys() {
		places = append(places, kit.NewRailItem("rail.keycare", words.Text("keycare.title"), false, func() { w.Go(Route{Place: PlaceKeyCare}) }))
	}
	return kit.NewRailList(places...)
}
