package tray

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// handset is the sample person's telephone during one call: it plays what the voice says, and types digits where the call
// asks for them. It outlives a redrawn tray.
type handset struct {
	tray   *Tray
	m      app.Message
	play   *kit.Button
	silent *kit.Text          // in place of play where sound can't be played
	hangUp context.CancelFunc // nil while nothing plays
	digits *kit.Field
	button *kit.Button
	all    *fyne.Container // what types digits; nil where the call asks for none
}

// handset gives the telephone of a call.
func (t *Tray) handset(m app.Message) *handset {
	if h, is := t.handsets[m.ID]; is {
		return h
	}
	h := &handset{tray: t, m: m}
	h.play = kit.NewButton("tray.play", words.Text("tray.play"), kit.Link, h.onPlay)
	h.silent = kit.NewText(words.Text("tray.no_sound"), kit.Small)
	if h.silent.Hide(); t.sound == nil {
		h.deaf()
	}
	if m.Call != "" {
		h.digits = kit.NewField("tray.digits", words.Text("tray.digits"))
		h.button = kit.NewButton("tray.type", words.Text("tray.type"), kit.Secondary, h.onType)
		h.digits.OnChanged = func(string) { h.digits.SetError("") }
		h.digits.OnSubmitted = func(string) { h.onType() }
		h.all = kit.NewColumn(8, h.digits, kit.NewLine(0, h.button))
	}
	t.handsets[m.ID] = h
	return h
}

// onPlay plays what the voice says, in place of what played before, or stops it.
func (h *handset) onPlay() {
	playing := h.hangUp != nil
	h.tray.hush()
	if playing {
		return
	}
	ctx, stop := context.WithCancel(h.tray.ctx)
	h.hangUp = stop
	h.play.SetText(words.Text("tray.stop"))
	play := h.tray.sound
	h.tray.w.Run.Run(func() func() {
		err := speak(ctx, play, h.m)
		return func() { h.played(ctx, err) }
	})
}

// speak plays the call's words.
func speak(ctx context.Context, play func(context.Context, []byte) error, m app.Message) error {
	wav, err := prompt.TwoDigits()
	if m.Call == "" {
		wav, err = prompt.Code(m.Code)
	}
	if err != nil {
		return err
	}
	return play(ctx, wav)
}

// played is called after the last word. A call that can't be played can still be read.
func (h *handset) played(ctx context.Context, err error) {
	if ctx.Err() != nil { // it was stopped, and perhaps played again
		return
	}
	h.stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		h.deaf()
	}
}

// deaf says that sound can't be played here.
func (h *handset) deaf() {
	h.play.Hide()
	h.silent.Show()
	h.tray.redraw()
}

func (h *handset) stop() {
	if h.hangUp != nil {
		h.hangUp()
		h.hangUp = nil
		h.play.SetText(words.Text("tray.play"))
	}
}

// hush stops what plays.
func (t *Tray) hush() {
	for _, h := range t.handsets {
		h.stop()
	}
}

// onType types the digits on the telephone.
func (h *handset) onType() {
	typed := h.digits.Text()
	if typed == "" || h.button.Disabled() {
		return
	}
	h.button.Disable()
	h.tray.w.Run.Run(func() func() {
		err := h.tray.trial.Tray.Type(h.tray.ctx, h.m.Call, app.NewSecret(typed))
		return func() { h.said(err) }
	})
}

// said shows what the voice answers. After that the call is over, unless nothing was heard.
func (h *handset) said(err error) {
	answer := "tray.call.right"
	switch e := h.tray.w.AsError(err); {
	case e == nil:
	case shell.FateUnknown(e.Code):
		h.button.Enable()
		h.digits.SetError(h.tray.w.Refusal(e))
		return
	case e.Code == app.CodeWrongCode || e.Code == app.CodeGateEnded || e.Code == app.CodeRecovery || e.Code == app.CodeProofLocked:
		answer = "tray.call.wrong"
	default:
		answer = "tray.call.over"
	}
	h.all.Objects = []fyne.CanvasObject{kit.NewText(words.Text(answer), kit.Strong)}
	h.tray.redraw()
}
