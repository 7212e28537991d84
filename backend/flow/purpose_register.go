package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/rules"
)

// register is app.PurposeRegister.
type register struct{ anyPurpose }

func (register) registers() bool    { return true }
func (register) open(f *flow) error { return f.openRegister() }

// places are choose → set_up → finish; none for a look over what is registered.
func (register) places(f *flow, _ rules.Credentials) []app.Place {
	if f.s.At == atReconfirm || slices.Contains(f.s.Facts, app.FactConfirmed) {
		return nil
	}
	at := map[stage]int{atMethod: 1, atRegistered: 2, atDone: 2}[f.s.At]
	return stepper([]app.PlaceID{app.PlaceChoose, app.PlaceSetUp, app.PlaceFinish}, at, f.s.At == atDone)
}
