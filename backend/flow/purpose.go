package flow

import (
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/rules"
)

// purpose is what a flow is for, and all that differs between one purpose and another. Each has a file of its own; a new one
// embeds anyPurpose, says what is its own, and gets a row in purposes.
type purpose interface {
	// ofSession reports whether a flow belongs to the session that starts it.
	ofSession() bool
	// registers reports whether choosing a method registers it; such a flow may be started where registering comes before
	// anything else, and by a session that a pass opened.
	registers() bool
	// manages reports whether the flow stands at the security info page between two changes.
	manages() bool
	// recovers reports whether the person has not even given a password: gates, locks and budgets are those of strangers, and
	// what was registered just now serves nothing yet.
	recovers() bool
	// keepsSession reports whether the person knows the old password, and stays signed in where the new one is set.
	keepsSession() bool
	// leavesGate reports whether Back leads out of a gate at hand.
	leavesGate() bool
	// leavesRefusal reports whether Back leads from a refusal to the user ID.
	leavesRefusal() bool
	// asksAdministrator reports whether an administrator may be asked from every page after the user ID.
	asksAdministrator() bool
	// firstStage is where a new flow stands that belongs to no session.
	firstStage() stage
	// open leads a new flow of a session to its first page.
	open(f *flow) error
	// homeStage is the page that fits what is registered.
	homeStage(f *flow, creds rules.Credentials) stage
	// places draws the stepper; none where the account has places of its own.
	places(f *flow, creds rules.Credentials) []app.Place
}

// purposes are all that there are.
var purposes = map[app.Purpose]purpose{
	app.PurposeSignIn:   signIn{},
	app.PurposeRegister: register{},
	app.PurposeManage:   manage{},
	app.PurposeChange:   changePassword{},
	app.PurposeReset:    reset{},
}

// purposeOf gives the purpose of a flow that is kept; one that this version does not know is a fault.
func purposeOf(name app.Purpose) (purpose, error) {
	if p, known := purposes[name]; known {
		return p, nil
	}
	return nil, app.Errorf(app.CodeInternal, "a flow of unknown purpose: %w", fmt.Errorf("%q", name))
}

// anyPurpose is what most purposes are: of a session, without a gate of strangers.
type anyPurpose struct{}

func (anyPurpose) ofSession() bool         { return true }
func (anyPurpose) registers() bool         { return false }
func (anyPurpose) manages() bool           { return false }
func (anyPurpose) recovers() bool          { return false }
func (anyPurpose) keepsSession() bool      { return false }
func (anyPurpose) leavesGate() bool        { return true }
func (anyPurpose) leavesRefusal() bool     { return false }
func (anyPurpose) asksAdministrator() bool { return false }
func (anyPurpose) firstStage() stage       { return atBlocked }
func (anyPurpose) open(f *flow) error      { return f.home() }
func (anyPurpose) homeStage(f *flow, creds rules.Credentials) stage {
	if f.rules().Registered(creds) {
		return atRegistered
	}
	return atChoose
}
func (anyPurpose) places(*flow, rules.Credentials) []app.Place { return nil }

// stepper marks the places before now as done, and the one at now too when all is over.
func stepper(ids []app.PlaceID, now int, over bool) []app.Place {
	places := make([]app.Place, len(ids))
	for i, id := range ids {
		state := app.PlaceTodo
		switch {
		case i < now || over:
			state = app.PlaceDone
		case i == now:
			state = app.PlaceNow
		}
		places[i] = app.Place{ID: id, State: state}
	}
	return places
}
