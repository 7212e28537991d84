package wire

import "github.com/sparekey/sparekey/app"

// ChooseUnlock is the form of app.ChooseUnlock.
type ChooseUnlock struct {
	Type string `json:"type" const:"choose_unlock"`
}

// GiveUnlock is the form of app.GiveUnlock.
type GiveUnlock struct {
	Type string `json:"type" const:"give_unlock"`
	Only bool   `json:"only" doc:"keep the password and lift the lock; otherwise a new password is wanted"`
}

func newGiveUnlock(in app.GiveUnlock) GiveUnlock { return GiveUnlock{Only: in.Only} }

func (w GiveUnlock) domain() app.GiveUnlock { return app.GiveUnlock{Only: w.Only} }
