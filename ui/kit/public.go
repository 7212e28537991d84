package kit

import "fyne.io/fyne/v2"

// Public is what the kit tells on a screen that anybody may walk up to. There a field offers no menu, and nothing is copied,
// cut or pasted: what one person left on the clipboard is none of the next one's business.
type Public struct {
	Touched func()                 // somebody is there: a key, a tap, a turn of the wheel
	Typing  func(f fyne.Focusable) // what is typed goes into f from now on
}

// public is nil on a person's own screen. Like the widgets, it belongs to the UI thread.
var public *Public

// SetPublic makes the screen one that anybody may walk up to; nil makes it a person's own again. Call it on the UI thread.
func SetPublic(p *Public) { public = p }

// touched tells that somebody is there.
func touched() {
	if public != nil {
		public.Touched()
	}
}

// typingInto tells what takes what is typed.
func typingInto(f fyne.Focusable) {
	if public != nil {
		public.Typing(f)
	}
}

// copies reports whether a shortcut would leave something behind, or bring in what somebody left.
func copies(shortcut fyne.Shortcut) bool {
	if public == nil {
		return false
	}
	switch shortcut.(type) {
	case *fyne.ShortcutCopy, *fyne.ShortcutCut, *fyne.ShortcutPaste:
		return true
	}
	return false
}

// NoClipboard is a clipboard that keeps nothing.
type NoClipboard struct{}

var _ fyne.Clipboard = NoClipboard{}

// Content implements fyne.Clipboard.
func (NoClipboard) Content() string { return "" }

// SetContent implements fyne.Clipboard.
func (NoClipboard) SetContent(string) {}

// Erase takes out of everything below root, in view or not, what a person put there, and what could bring it back.
func Erase(root fyne.CanvasObject) {
	switch o := root.(type) {
	case nil:
		return
	case *Field:
		o.erase()
	case *CodeCells:
		o.erase()
	}
	for _, child := range childrenOf(root) {
		Erase(child)
	}
}

// erase empties the field and its history, and tells nobody.
func (f *Field) erase() {
	f.OnChanged, f.OnSubmitted = nil, nil
	f.entry.SetText("")
	f.entry.SetPlaceHolder("")
	f.err.SetText("")
}

// erase empties the cells; the digits are overwritten where they lie.
func (c *CodeCells) erase() {
	c.OnChanged, c.OnComplete = nil, nil
	clear(c.buffer.digits[:cap(c.buffer.digits)])
	c.Clear()
}
