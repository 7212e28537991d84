package tray

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// What the tests of this package, which open the whole window, need of its insides.

// Draw shows messages as if they had just come.
func Draw(t *Tray, messages []app.Message) { t.draw(messages) }

// Play is what plays a call.
func Play(t *Tray, id string) *kit.Button { return t.handsets[id].play }

// Handsets counts the telephones.
func Handsets(t *Tray) int { return len(t.handsets) }

// Hush stops what plays.
func Hush(t *Tray) { t.hush() }

// Cards is what shows the messages.
func Cards(t *Tray) fyne.CanvasObject { return t.box }
