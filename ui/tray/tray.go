// Package tray holds what the window shows in the trial alone: the message tray with its telephone, and the sample
// people.
package tray

import (
	"context"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// Tray is the trial's message tray beside the pages: each message that the organisation would have sent.
type Tray struct {
	trial  *Trial
	sound  func(ctx context.Context, wav []byte) error
	w      *shell.Window
	box    *fyne.Container
	scroll *container.Scroll
	button *kit.Button
	ctx    context.Context // ends with the tray
	cancel context.CancelFunc

	cards    map[string]fyne.CanvasObject // of the messages that are shown, by ID: each is made once
	handsets map[string]*handset          // of the calls, by the message's ID
}

// New makes the tray, and follows what comes into it. play plays speech to its end; nil: sound can't be played here.
func New(w *shell.Window, trial *Trial, play func(ctx context.Context, wav []byte) error) *Tray {
	t := &Tray{w: w, trial: trial, sound: play, box: kit.NewColumn(12), cards: map[string]fyne.CanvasObject{}, handsets: map[string]*handset{}}
	t.button = kit.NewButton("banner.tray", words.Text("banner.tray"), kit.Link, t.onToggle)
	t.button.SetIcon(kit.IconTray)
	t.scroll = container.NewVScroll(container.New(margins{}, t.box))
	t.draw(nil)
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.follow(t.ctx)
	return t
}

// margins is a layout that gives its one object the width that there is, and asks for none.
type margins struct{}

const panelPadding = 16

// Layout implements fyne.Layout.
func (margins) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := size.Width - 2*panelPadding
	objects[0].Move(fyne.NewPos(panelPadding, panelPadding))
	objects[0].Resize(fyne.NewSize(width, objects[0].Size().Height)) // texts wrap
	objects[0].Resize(fyne.NewSize(width, objects[0].MinSize().Height))
}

// MinSize implements fyne.Layout.
func (margins) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, objects[0].MinSize().Height+2*panelPadding)
}

// follow reads the tray, and again whenever there is something new.
func (t *Tray) follow(ctx context.Context) {
	tray := t.trial.Tray
	t.w.Run.Run(func() func() {
		changed, messages := tray.Changed(), tray.Messages()
		return func() {
			if ctx.Err() != nil {
				return
			}
			t.draw(messages)
			t.w.Run.Await(ctx, changed, func() { t.follow(ctx) })
		}
	})
}

// draw shows the messages, newest first.
func (t *Tray) draw(messages []app.Message) {
	caption := words.Text("banner.tray")
	if len(messages) > 0 {
		caption = words.Plural("banner.tray_count", len(messages))
	}
	t.button.SetText(caption)
	objects := []fyne.CanvasObject{kit.NewText(words.Text("tray.heading"), kit.Subheading), kit.NewText(words.Text("tray.lead"), kit.Small)}
	if len(messages) == 0 {
		objects = append(objects, kit.NewText(words.Text("tray.empty"), kit.Muted))
	}
	cards := make(map[string]fyne.CanvasObject, len(messages))
	for _, message := range slices.Backward(messages) {
		card, made := t.cards[message.ID]
		if !made {
			card = t.card(message)
		}
		cards[message.ID] = card
		objects = append(objects, card)
	}
	t.cards = cards
	maps.DeleteFunc(t.handsets, func(id string, h *handset) bool {
		gone := cards[id] == nil
		if gone && h.hangUp != nil {
			h.hangUp()
		}
		return gone
	})
	t.box.Objects = objects
	t.redraw()
}

// redraw lays the tray out anew, once something in it came or went.
func (t *Tray) redraw() {
	for _, card := range t.box.Objects {
		card.Refresh()
	}
	t.box.Refresh()
	t.scroll.Refresh()
}

// card is one message as its receiver would read it.
func (t *Tray) card(m app.Message) fyne.CanvasObject {
	at := m.At.In(t.w.Clock().Location())
	subject, body := words.Message(m, words.Clock(at))
	call := m.Channel == app.KindVoice
	if call && m.Code != "" {
		subject, body = words.Text("message.code.call"), words.Text("message.code.spoken", words.Values{"digits": spelt(m.Code)})
	}
	parts := []fyne.CanvasObject{
		kit.NewLine(8, kit.NewMark(shell.KindIcon(m.Channel), 18, kit.ColorPrimary), kit.NewText(subject, kit.Strong)),
		kit.NewText(words.Text("tray.to", words.Values{"to": shell.Destination(m.To), "clock": words.Clock(at)}), kit.Small),
	}
	actions := kit.NewLine(8)
	if m.Code != "" {
		copyCode := kit.NewButton("tray.copy", words.Text("tray.copy"), kit.Link, func() { t.w.Clipboard().SetContent(m.Code) })
		parts = append(parts, kit.NewText(m.Code, kit.Heading))
		actions.Add(copyCode)
	}
	if call {
		actions.Add(t.handset(m).play)
	}
	if m.Link != "" && t.trial.Object != nil {
		actions.Add(kit.NewButton("tray.object", words.Text("letter.objection"), kit.Link, func() { t.onObject(m.Link) }))
	}
	if len(actions.Objects) > 0 {
		parts = append(parts, actions)
	}
	if call {
		parts = append(parts, t.handset(m).silent)
	}
	parts = append(parts, kit.NewText(body, kit.Body))
	if m.Call != "" {
		parts = append(parts, t.handset(m).all)
	}
	return kit.NewCard(kit.NewColumn(6, parts...))
}

// spelt is a code as a voice reads it, digit by digit.
func spelt(code string) string { return strings.Join(strings.Split(code, ""), ", ") }

// onObject says for the receiver of a message that it wasn't them.
func (t *Tray) onObject(link string) {
	object := t.trial.Object
	t.w.Wait("wait.other", func(ctx context.Context) func() {
		err := object(ctx, link)
		return func() {
			if err != nil {
				t.w.Warn(err)
				return
			}
			t.w.Tell(kit.NoteInfo, words.Text("tray.objected"))
		}
	})
}

// onToggle opens the tray, or closes it.
func (t *Tray) onToggle() {
	t.hush()
	t.w.ToggleSide()
	t.scroll.Refresh()
}

// Strip implements shell.Side: what this is, the way to the sample people, and the button that opens the tray.
func (t *Tray) Strip() fyne.CanvasObject {
	people := kit.NewButton("banner.try", words.Text("banner.try"), kit.Link, func() { t.w.Go(shell.Route{Place: shell.PlaceTry}) })
	return kit.NewBannerStrip(words.Text("banner.text"), people, t.button)
}

// Panel implements shell.Side.
func (t *Tray) Panel() fyne.CanvasObject { return t.scroll }

// Stop implements shell.Side.
func (t *Tray) Stop() { t.cancel() }
