package backend_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
)

// waysOf are the ways that a stranger is offered for a user ID.
func (w *world) waysOf(userID string) []app.Choice {
	w.t.Helper()
	return at[app.ChooseMethod](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID},
		app.GiveReason{Reason: app.ReasonForgot})).Choices
}

// lockOut locks recovery for a name, by wrong codes of the app.
func (w *world) lockOut(userID string) {
	w.t.Helper()
	for range w.config.Policy.Recovery.EndedGates {
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID}, app.GiveReason{Reason: app.ReasonForgot},
			app.Choose{Kind: app.KindAuthApp})
		for range w.config.Policy.Codes.Tries {
			_ = k.say(app.GiveCode{Digits: app.NewSecret("000000")})
		}
	}
}

// A lock, which any stranger can close, changes nothing of the ways of a name: those of somebody who has registered stay
// what they are, as those of nobody do.
func TestALockChangesNoWays(t *testing.T) {
	w := newWorld(t, private, func(p *policy.Policy) { p.Methods.Allowed, p.Recovery.StartsPerHour = app.Kinds(), 60 })
	for i := range 8 {
		for _, state := range []string{"registered", "nobody"} {
			userID := w.settle(state, fmt.Sprintf("lock-%s-%d", state, i))
			before := w.waysOf(userID)
			w.lockOut(userID)
			if after := w.waysOf(userID); !reflect.DeepEqual(before, after) {
				t.Errorf("%s has %v, and %v once recovery is locked", userID, before, after)
			}
		}
	}
}
