// Package kit is the window's own look and its own widgets: a theme, text that
// measures itself exactly, controls that work by keyboard, and the page and
// frame they stand in. It takes ready strings and knows nothing of accounts.
//
// Keys a focused widget has no use for (Escape, for one) go on to the canvas's
// OnTypedKey, as if nothing had the focus.
package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Element is a thing a person acts on. Its key is stable, like "home.forgot",
// whatever the language.
type Element interface {
	fyne.CanvasObject
	Key() string
}

// Parent is a widget made of other objects.
type Parent interface {
	Children() []fyne.CanvasObject
}

// Walk visits root and all that is visible below it, parents first, until f
// returns true.
func Walk(root fyne.CanvasObject, f func(fyne.CanvasObject) bool) { walk(root, f) }

func walk(root fyne.CanvasObject, f func(fyne.CanvasObject) bool) bool {
	if root == nil || !root.Visible() {
		return false
	}
	if f(root) {
		return true
	}
	for _, child := range childrenOf(root) {
		if walk(child, f) {
			return true
		}
	}
	return false
}

func childrenOf(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case Parent:
		return o.Children()
	case *fyne.Container:
		return o.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{o.Content}
	case *container.ThemeOverride:
		return []fyne.CanvasObject{o.Content}
	}
	return nil
}

// Find returns the visible element below root that has this key, or nil.
func Find(root fyne.CanvasObject, key string) fyne.CanvasObject {
	var found fyne.CanvasObject
	Walk(root, func(o fyne.CanvasObject) bool {
		if e, ok := o.(Element); ok && e.Key() == key {
			found = o
		}
		return found != nil
	})
	return found
}

// Texts returns every visible text below root, in the order it is drawn in. A
// wrapped text is one text; what is typed into a masked field is left out.
func Texts(root fyne.CanvasObject) []string {
	var texts []string
	add := func(s string) {
		if s != "" {
			texts = append(texts, s)
		}
	}
	inside := map[fyne.CanvasObject]bool{}
	Walk(root, func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *Text:
			add(o.text)
			for _, line := range o.lines {
				inside[line] = true
			}
		case *canvas.Text:
			if !inside[o] {
				add(o.Text)
			}
		case *widget.Label:
			add(o.Text)
		case *entry:
			add(o.shown())
		}
		return false
	})
	return texts
}

// Given returns what a person has put into the inputs below root, in the order
// that they are drawn in: what was typed, masked or not, and what was chosen.
func Given(root fyne.CanvasObject) []string {
	var given []string
	Walk(root, func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *Field:
			given = append(given, o.Text())
		case *CodeCells:
			given = append(given, o.Text())
		case *Options:
			given = append(given, strconv.Itoa(o.Selected()))
		case *Tick:
			given = append(given, strconv.FormatBool(o.On()))
		}
		return false
	})
	return given
}
