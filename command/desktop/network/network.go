// Package network asks NetworkManager, by the system's bus, how this computer's network stands, and has it join a Wi-Fi network, as far
// as the account that asks is allowed to. Its words are those of NetworkManager's D-Bus API (org.freedesktop.NetworkManager, 1.0 and
// later); here they get plain types.
package network

import (
	"context"
	"errors"
)

var (
	// ErrNone says that no NetworkManager answers on this computer: nothing can be told of the network, or done about it.
	ErrNone = errors.New("there is no NetworkManager on this computer")
	// ErrNotAllowed says that the account may not do it.
	ErrNotAllowed = errors.New("this account may not change the network")
	// ErrPassword says that the network did not take the password.
	ErrPassword = errors.New("the network did not take the password")
	// ErrJoin says that the network could not be joined, for another reason.
	ErrJoin = errors.New("the network could not be joined")
)

// Reach is how far the network leads.
type Reach int

// How far it leads: nowhere; to a page that wants something first, as in a hotel; somewhere; or everywhere, as far as anybody knows.
const (
	ReachNone Reach = iota
	ReachPortal
	ReachLimited
	ReachFull
)

// State is how the network stands.
type State struct {
	Reach   Reach
	Joining bool     // a connection is being made
	Names   []string // of the connections that there are: "Wired connection 1"
	Cable   bool     // there is a socket for a cable
	Plugged bool     // a cable is in one
	WiFi    bool     // there is a radio
	Blocked bool     // a switch on the computer has it off
	On      bool     // the radio is on
	MaySet  bool     // this account may join networks that the computer knows, and switch the radio on
	MayAdd  bool     // it may join others as well
	Near    []WiFi   // the strongest first
}

// WiFi is a Wi-Fi network in reach.
type WiFi struct {
	Name     string
	Strength int  // 0 to 100
	Active   bool // the computer is in it
	Known    bool // the computer has its password
	Open     bool // it has none
	Password bool // a password alone opens it (WPA-Personal); otherwise it wants what can't be given here
}

// Manager is this computer's NetworkManager.
type Manager struct {
	// Bus is the address of the bus; empty for the system's.
	Bus string
}

// Look tells how the network stands; ErrNone where nobody can say.
func (m Manager) Look(ctx context.Context) (State, error) { return m.look(ctx) }

// SwitchOn switches the radio on.
func (m Manager) SwitchOn(ctx context.Context) error { return m.switchOn(ctx) }

// Join joins a network of this name, with a password where it isn't known yet, and waits until that came to something. What was
// joined so is forgotten once the computer leaves it.
func (m Manager) Join(ctx context.Context, name, password string) error {
	return m.join(ctx, name, password)
}
