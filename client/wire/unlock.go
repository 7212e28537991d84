package wire

import "github.com/sparekey/sparekey/app"

// ChooseUnlock is the form of app.ChooseUnlock.
type ChooseUnlock struct {
	Type string `json:"type" const:"choose_unlock"`
}

func (w ChooseUnlock) domain() app.Step { return app.ChooseUnlock{} }

// GiveUnlock is the form of app.GiveUnlock.
type GiveUnlock struct {
	Type string `json:"type" const:"give_unlock"`
	Only bool   `json:"only" doc:"keep the password and lift the lock; otherwise a new password is wanted"`
}

func (w GiveUnlock) domain() app.Input { return app.GiveUnlock{Only: w.Only} }
