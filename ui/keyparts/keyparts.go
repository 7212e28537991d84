// Package keyparts holds what every page about a security key needs: the key's name and picture, its PIN, and what helps
// when it can't be used.
package keyparts

import (
	"cmp"
	"runtime"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// UntouchedAfter is when a page that waits for a touch says what helps where none does.
const UntouchedAfter = 30 * time.Second

// UnseenHint says what helps when the program does not see a key that is plugged in, and after how long to say it.
// Windows shows keys to administrators alone: there the hint comes at once.
func UnseenHint(system string) (after time.Duration, hint string) {
	if system == "windows" {
		return 0, words.Text("key.permission.windows")
	}
	return shell.OfferAfter, words.Text("key.plug.late")
}

// Permission says what an administrator must do so that the person may use the key: in words, and in full.
func Permission(w *shell.Window, e *app.Error) (lead string, body []fyne.CanvasObject) {
	rule := e.Params["udev"]
	if runtime.GOOS == "windows" || rule == "" {
		return words.Text("key.permission.windows"), Art(kit.KeyTrouble)
	}
	body = []fyne.CanvasObject{
		kit.NewText(words.Text("key.permission.file", words.Values{"file": e.Params["file"]}), kit.Muted),
		kit.NewCard(kit.NewText(rule, kit.Mono)),
	}
	if w.Public() {
		return w.Refusal(e), body
	}
	copied := kit.NewText("", kit.Small)
	button := kit.NewButton("key.copy", words.Text("key.permission.copy"), kit.Link, func() {
		w.Clipboard().SetContent(rule)
		copied.SetText(words.Text("key.permission.copied"))
	})
	button.SetIcon(kit.IconCopy)
	return w.Refusal(e), append(body, kit.NewLine(8, button, copied))
}

// fewRetries is how many wrong PINs may be left when a page warns.
const fewRetries = 3

// FewTries warns before the last tries for the PIN are used up; nil while there are enough, or nobody knows.
func FewTries(k app.KeyInfo) fyne.CanvasObject {
	if !k.HasPIN() || k.PINRetries < 1 || k.PINRetries > fewRetries {
		return nil
	}
	return kit.NewNote(kit.NoteWarning, words.Plural("key.pin.few", k.PINRetries))
}

// Art is the picture of the key.
func Art(state kit.KeyState) []fyne.CanvasObject { return []fyne.CanvasObject{kit.NewKeyArt(state)} }

// Name names one of the keys that are plugged in, so that no other of them has the name: by its port where there are two of
// a model, or by its place in the list where the system names no ports.
func Name(k app.KeyInfo, here []app.KeyInfo) string {
	name, place, alike := Product(k.Product), 0, 0
	for _, other := range here {
		if other.Product == k.Product && other.Manufacturer == k.Manufacturer {
			alike++
			if other.ID == k.ID {
				place = alike
			}
		}
	}
	switch {
	case alike < 2:
		return name
	case k.Port != "":
		return words.Text("key.at_port", words.Values{"name": name, "port": k.Port})
	}
	return words.Text("key.numbered", words.Values{"name": name, "n": place})
}

// Product names a key; a key that gives no name is a security key.
func Product(name string) string {
	return cmp.Or(name, shell.KindTitle(app.KindSecurityKey))
}
