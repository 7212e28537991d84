package desktop

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/desktop/network"
	"github.com/sparekey/sparekey/ui/kiosk"
)

// How long it may take to hear how the network stands, and to join one.
const (
	lookWithin = 5 * time.Second
	joinWithin = 45 * time.Second
)

// networks are this computer's, for the page of the logon screen.
type networks struct{ manager network.Manager }

var _ kiosk.Networks = networks{}

var reaches = map[network.Reach]kiosk.Reach{
	network.ReachNone: kiosk.ReachNone, network.ReachPortal: kiosk.ReachPortal, network.ReachLimited: kiosk.ReachLimited, network.ReachFull: kiosk.ReachFull,
}

// Look implements kiosk.Networks.
func (n networks) Look(ctx context.Context) (kiosk.Network, bool) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	s, err := n.manager.Look(ctx)
	told := kiosk.Network{
		Reach: reaches[s.Reach], Joining: s.Joining, Names: s.Names, Cable: s.Cable, Plugged: s.Plugged,
		WiFi: s.WiFi, Blocked: s.Blocked, On: s.On, MaySet: s.MaySet, MayAdd: s.MayAdd,
	}
	for _, w := range s.Near {
		told.Near = append(told.Near, kiosk.WiFi{Name: w.Name, Active: w.Active, Known: w.Known, Open: w.Open, Password: w.Password})
	}
	return told, err == nil
}

// SwitchOn implements kiosk.Networks.
func (n networks) SwitchOn(ctx context.Context) kiosk.JoinResult {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	return resultOf(n.manager.SwitchOn(ctx))
}

// Join implements kiosk.Networks.
func (n networks) Join(ctx context.Context, name string, password app.Secret) kiosk.JoinResult {
	ctx, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	return resultOf(n.manager.Join(ctx, name, password.Reveal()))
}

func resultOf(err error) kiosk.JoinResult {
	switch {
	case err == nil:
		return kiosk.Joined
	case errors.Is(err, network.ErrNotAllowed):
		return kiosk.JoinNotAllowed
	case errors.Is(err, network.ErrPassword):
		return kiosk.JoinPassword
	}
	return kiosk.JoinFailed
}
