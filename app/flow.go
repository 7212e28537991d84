package app

import (
	"context"
	"time"
)

// FlowID identifies a flow; it is public (it stands in the audit trail) and gives no right: the flow's token does.
type FlowID string

// IdempotencyKey marks one intent of the person: sent again with the same input it has no second effect and gets
// the same answer. 16 to 64 characters of [A-Za-z0-9_-].
type IdempotencyKey string

// Purpose is what a flow is for.
type Purpose string

// The purposes.
const (
	PurposeSignIn   Purpose = "sign_in"
	PurposeRegister Purpose = "register"
	PurposeReset    Purpose = "reset"
	PurposeManage   Purpose = "manage" // the security info page
	PurposeChange   Purpose = "change_password"
)

// Place is one entry of the stepper.
type Place struct {
	ID    PlaceID
	State PlaceState
}

// PlaceID names a place; the window has a text for each.
type PlaceID string

// The places.
const (
	PlaceSignIn      PlaceID = "sign_in"
	PlaceVerify      PlaceID = "verify" // a second proof, after the password or before a change
	PlaceChoose      PlaceID = "choose"
	PlaceSetUp       PlaceID = "set_up"
	PlaceFinish      PlaceID = "finish"
	PlaceWho         PlaceID = "who"
	PlaceProve       PlaceID = "prove"
	PlaceProveAgain  PlaceID = "prove_again"
	PlaceNewPassword PlaceID = "new_password"
	PlaceUnlock      PlaceID = "unlock" // in place of the new password
)

// PlaceState says how far the person is.
type PlaceState string

// The states of a place.
const (
	PlaceDone PlaceState = "done"
	PlaceNow  PlaceState = "now"
	PlaceTodo PlaceState = "todo"
)

// Flow is a conversation; its step says what is wanted now.
type Flow struct {
	ID      FlowID
	Purpose Purpose
	Rev     int       // raised by every accepted or counted input; an input names the revision it answers
	At      time.Time // the backend's clock when it answered: deadlines count from here, whatever the window's clock says
	Expires time.Time // when the flow ends by itself
	Places  []Place
	Now     Step
	Others  []Choice // other ways that may be taken from here
	CanBack bool     // whether Back{} is accepted
	Contact bool     // whether ContactAdmin{} is accepted
	Notice  *Notice  // something good to know that happened on the way here
	Support string   // code that finds this conversation in the audit trail, e.g. "H7K2-9QWD"
	Regrant bool     // the tokens of the session that started it are dead, and Grant gives new ones
	Token   Secret   // the right to go on; only in the answer to Start
}

// Start asks for a new flow.
type Start struct {
	Purpose Purpose
	Key     IdempotencyKey
}

// Flows are the conversations. When an input is refused, Submit returns an *Error, and beside it the flow as it now
// stands (the step is kept, a try may be gone); a Flow whose ID is empty means that there is nothing new to show.
type Flows interface {
	Start(ctx context.Context, s Start) (Flow, error)
	Get(ctx context.Context, id FlowID) (Flow, error)
	Submit(ctx context.Context, id FlowID, rev int, key IdempotencyKey, in Input) (Flow, error)
	Cancel(ctx context.Context, id FlowID) error
}
