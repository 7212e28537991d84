package step

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// choices are rows to choose a way from.
func (f *flow) choices(prefix string, from []app.Choice) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, choice := range f.ordered(from) {
		spec := kit.RowSpec{Icon: shell.KindIcon(choice.Kind), Title: shell.KindTitle(choice.Kind), Detail: words.Text("kind." + string(choice.Kind) + ".detail")}
		switch {
		case choice.Have:
			spec.Badge = words.Text("choose.registered")
		case !f.usable(choice.Kind):
			spec.Badge = words.Text("choose.elsewhere")
		case choice.Recommended:
			spec.Badge = words.Text("choose.recommended")
		}
		rows = append(rows, kit.NewRow(prefix+"."+string(choice.Kind), spec, func() { f.submit(app.Choose{Kind: choice.Kind}) }))
	}
	return rows
}

// usable reports whether this computer can use a way; the backend, which ranks them, doesn't know.
func (f *flow) usable(kind app.Kind) bool { return kind != app.KindSecurityKey || f.o.Keys != nil }

// ordered puts the ways that this computer can't use last, and recommends the next one in their place: what is missing, and
// rather not a telephone where there is one already.
func (f *flow) ordered(from []app.Choice) []app.Choice {
	shown := slices.Clone(from)
	slices.SortStableFunc(shown, func(x, y app.Choice) int { return f.lastness(x) - f.lastness(y) })
	was := slices.IndexFunc(shown, func(c app.Choice) bool { return c.Recommended })
	if was < 0 || f.usable(shown[was].Kind) {
		return shown
	}
	shown[was].Recommended = false
	next := func(wanted func(app.Choice) bool) int {
		return slices.IndexFunc(shown, func(c app.Choice) bool { return f.usable(c.Kind) && !c.Have && wanted(c) })
	}
	phone := slices.ContainsFunc(shown, func(c app.Choice) bool { return c.Have && telephone(c) })
	better := next(func(c app.Choice) bool { return !phone || !telephone(c) })
	if better < 0 {
		better = next(func(app.Choice) bool { return true })
	}
	if better >= 0 {
		shown[better].Recommended = true
	}
	return shown
}

// lastness sorts what can't be used behind the rest.
func (f *flow) lastness(c app.Choice) int {
	if f.usable(c.Kind) {
		return 0
	}
	return 1
}

func telephone(c app.Choice) bool { return c.Kind == app.KindSMS || c.Kind == app.KindVoice }
