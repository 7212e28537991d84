package setup

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// sample is the sample person of a state.
func sample(state trial.State) trial.Person {
	for _, p := range trial.People() {
		if p.State == state {
			return p
		}
	}
	panic("nobody is " + state)
}

// onFile counts the contacts of a sample person that nobody confirmed.
func onFile(t *testing.T, e *Trial, id app.AccountID) int {
	t.Helper()
	count := 0
	if err := e.Store.View(t.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(id)
		for _, c := range creds {
			if !c.Counts() {
				count++
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return count
}
