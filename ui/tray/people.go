package tray

import (
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// peoplePage lists the sample people: who they are, and what each is good for.
type peoplePage struct {
	*shell.PageBase
	trial *Trial
	codes []func() // redraw what the sample phones show
}

// NewPeople makes the page.
func NewPeople(w *shell.Window, trial *Trial) shell.Page {
	s := &peoplePage{PageBase: shell.NewPageBase(w, "try"), trial: trial}
	s.Escape = w.Home
	s.Tick = func() {
		for _, redraw := range s.codes {
			redraw()
		}
	}
	return s
}

// Build implements shell.Page.
func (s *peoplePage) Build() kit.PageSpec {
	var people []fyne.CanvasObject
	for _, sample := range s.trial.People {
		people = append(people, s.person(sample))
	}
	return kit.PageSpec{
		Heading: words.Text("try.heading"),
		Lead:    words.Text("try.lead"),
		Body:    people,
		Back:    kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.Window.Home),
	}
}

// person is a row that begins the fitting job, and below it what there is to copy.
func (s *peoplePage) person(sample Sample) fyne.CanvasObject {
	key := "try." + sample.State
	row := kit.NewRow(key, kit.RowSpec{
		Icon: kit.IconPerson, Title: sample.Name, Detail: words.Text("sample." + sample.State),
	}, func() { s.Window.Go(sample.route()) })
	values := []fyne.CanvasObject{s.value(key+".user_id", func() string { return sample.UserID })}
	if sample.Password != "" {
		values = append(values, s.value(key+".password", func() string { return sample.Password }))
	}
	parts := []fyne.CanvasObject{row, kit.NewLine(8, values...)}
	var contacts []fyne.CanvasObject
	for i, contact := range sample.Contacts {
		contacts = append(contacts, s.value(fmt.Sprintf("%s.contact.%d", key, i+1), func() string { return contact }))
	}
	if len(contacts) > 0 {
		parts = append(parts, kit.NewLine(8, contacts...))
	}
	if give := s.give(sample); give != nil {
		parts = append(parts, kit.NewLine(0, give))
	}
	if sample.App != nil {
		code := s.value(key+".code", func() string { return sample.App(s.Window.Clock()) })
		parts = append(parts, kit.NewLine(0, code, kit.NewText(words.Text("try.code"), kit.Small)))
	}
	return kit.NewColumn(0, parts...)
}

// value is a button that shows a value, keeps it up to date, and copies it.
func (s *peoplePage) value(key string, value func() string) fyne.CanvasObject {
	var button *kit.Button
	button = kit.NewButton(key, value(), kit.Link, func() {
		if s.Window.Public() {
			return
		}
		s.Window.Clipboard().SetContent(value())
		button.SetText(words.Text("try.copied"))
	})
	button.SetIcon(kit.IconCopy)
	s.codes = append(s.codes, func() { button.SetText(value()) })
	return button
}

// route is the job that a sample person is good for.
func (p Sample) route() shell.Route {
	r := shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset, Reason: app.ReasonForgot, UserID: p.UserID}
	switch p.State {
	case "ready":
		r.Purpose, r.Reason = app.PurposeRegister, ""
	case "locked":
		r.Reason = app.ReasonLocked
	case "never":
		r.Reason = app.ReasonNever
	case "new":
		r.Purpose, r.Reason, r.Pass = app.PurposeSignIn, "", true
	case "stale":
		r.Purpose, r.Reason = app.PurposeRegister, ""
	}
	return r
}
