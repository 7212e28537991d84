package kiosk

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// Logon is what a kiosk has beside a logon screen: it was opened for one person, and every end leads back.
type Logon struct {
	Back     func()   // to the logon screen; nothing of the person is there any more
	Networks Networks // nil: nothing can be told of the network
}

// Networks tells of the computer's network, away from the UI, and changes it as far as that is allowed.
type Networks interface {
	// Look tells how it stands; false where nobody can say.
	Look(ctx context.Context) (Network, bool)
	// SwitchOn switches the radio on.
	SwitchOn(ctx context.Context) JoinResult
	// Join joins a Wi-Fi network. No password is given for one that is open, or known.
	Join(ctx context.Context, name string, password app.Secret) JoinResult
}

// JoinResult is what became of a try to join a network.
type JoinResult string

// What may become of it.
const (
	Joined          JoinResult = "joined"
	JoinNotAllowed  JoinResult = "not_allowed"
	JoinPassword    JoinResult = "password" // the network did not take it
	JoinFailed      JoinResult = "failed"
	shownNetworks              = 8
	longestPassword            = 63 // characters of a passphrase (IEEE 802.11-2020, J.4.1)
	leastPassword              = 8
)

// Network is how a network stands.
type Network struct {
	Reach   Reach
	Joining bool     // it is being joined
	Names   []string // of the connections that there are
	Cable   bool     // there is a socket for a cable, and whether one is in it
	Plugged bool
	WiFi    bool // there is a radio; a switch on the computer has it off; it is on
	Blocked bool
	On      bool
	MaySet  bool // networks that the computer knows may be joined here; others as well
	MayAdd  bool
	Near    []WiFi
}

// Reach is how far a network leads.
type Reach string

// How far it leads: nowhere; to a page that wants something first; somewhere; everywhere.
const (
	ReachNone    Reach = "none"
	ReachPortal  Reach = "portal"
	ReachLimited Reach = "limited"
	ReachFull    Reach = "full"
)

// WiFi is a network in reach.
type WiFi struct {
	Name                          string
	Active, Known, Open, Password bool // as of command/desktop/network
}

// Background is the Runner of a real window.
type Background = shell.Background

// backButton leads back to the logon screen, on every page.
func (k *Kiosk) backButton() fyne.CanvasObject {
	b := kit.NewButton("kiosk.logon", words.Text("kiosk.logon.back"), kit.Secondary, k.backToLogon)
	b.SetIcon(kit.IconBack)
	return b
}

// backToLogon forgets who was here, and leads back.
func (k *Kiosk) backToLogon() {
	k.w.Go(shell.Route{Place: shell.PlaceStart}) // which cancels the flow, and forgets
	k.idle.rest()
	k.o.Logon.Back()
}

// networkButton leads to what can be told of the network; nil where nothing can.
func (k *Kiosk) networkButton() fyne.CanvasObject {
	if k.o.Logon == nil || k.o.Logon.Networks == nil || k.w.Page() != pageFirst {
		return nil
	}
	return tool("kiosk.network", words.Text("kiosk.network"), kit.IconNetwork, func() { k.w.Show(newNetwork(k)) })
}

// home is every way out: at a logon screen it leads back there once somebody is through.
func (k *Kiosk) home() {
	if k.o.Logon != nil && ended(k.w.Page()) {
		k.backToLogon()
		return
	}
	k.startOver()
}

// overText names what ends somebody's turn.
func (k *Kiosk) overText() string {
	if k.o.Logon != nil {
		return "kiosk.logon.back"
	}
	return "kiosk.start_over"
}
