package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// handset is the sample person's telephone during one call that asks for digits. It outlives a redrawn tray.
type handset struct {
	tray   *trayPanel
	call   string
	digits *kit.Field
	button *kit.Button
	all    *fyne.Container
}

// handset gives the telephone of a call.
func (t *trayPanel) handset(m app.Message) *handset {
	if h, is := t.handsets[m.Call]; is {
		return h
	}
	h := &handset{tray: t, call: m.Call, digits: kit.NewField("tray.digits", text("tray.digits"))}
	h.button = kit.NewButton("tray.type", text("tray.type"), kit.Secondary, h.onType)
	h.digits.OnChanged = func(string) { h.digits.SetError("") }
	h.digits.OnSubmitted = func(string) { h.onType() }
	h.all = kit.NewColumn(8, h.digits, kit.NewLine(0, h.button))
	t.handsets[m.Call] = h
	return h
}

// onType types the digits on the telephone.
func (h *handset) onType() {
	typed := h.digits.Text()
	if typed == "" || h.button.Disabled() {
		return
	}
	h.button.Disable()
	h.tray.w.o.Run.Run(func() func() {
		err := h.tray.w.trial.Tray.Type(context.Background(), h.call, app.NewSecret(typed))
		return func() { h.said(err) }
	})
}

// said shows what the voice answers. After that the call is over, unless nothing was heard.
func (h *handset) said(err error) {
	answer := "tray.call.right"
	switch e := h.tray.w.asError(err); {
	case e == nil:
	case unknown(e.Code):
		h.button.Enable()
		h.digits.SetError(h.tray.w.refusal(e))
		return
	case e.Code == app.CodeWrongCode || e.Code == app.CodeGateEnded || e.Code == app.CodeRecovery || e.Code == app.CodeProofLocked:
		answer = "tray.call.wrong"
	default:
		answer = "tray.call.over"
	}
	h.all.Objects = []fyne.CanvasObject{kit.NewText(text(answer), kit.Strong)}
	h.all.Refresh()
	h.tray.box.Refresh()
	h.tray.scroll.Refresh()
}
