package ui

import (
	"context"

	"github.com/sparekey/sparekey/app"
)

// Route is where the person wants to be. Two equal routes are the same place.
type Route struct {
	Place   Place
	Purpose app.Purpose // with PlaceFlow
	Reason  app.Reason  // with PurposeReset: what the person said already, or empty
	UserID  string      // with PlaceFlow: known already, or empty
	Pass    bool        // with PurposeSignIn: by a pass, in place of the password
}

// Place is a page that needs no flow, or any flow.
type Place string

// The places.
const (
	PlaceStart   Place = "start"   // connect or try, or the front door
	PlaceConnect Place = "connect" // connect or try
	PlaceHome    Place = "home"
	PlaceTry     Place = "try"   // the sample people
	PlaceNever   Place = "never" // for who never got a password
	PlaceFlow    Place = "flow"
)

// Go leads to a route; a flow that was under way elsewhere is cancelled.
func (w *Window) Go(r Route) {
	w.leaveFlow()
	switch {
	case r.Place == PlaceFlow:
		w.begin(r)
	case w.services.Flows == nil || r.Place == PlaceConnect:
		w.show(newConnect(w))
	case r.Place == PlaceStart:
		w.enterOrganisation()
	case r.Place == PlaceNever:
		w.show(newNever(w))
	case r.Place == PlaceTry && w.trial != nil:
		w.show(newTry(w))
	default:
		w.show(newHome(w))
	}
}

// home is the route that every way out leads to.
func (w *Window) home() { w.Go(Route{Place: PlaceHome}) }

// leaveFlow ends the flow at hand, if there is one that goes on. Nobody waits for the answer: a flow that isn't
// cancelled expires.
func (w *Window) leaveFlow() {
	talk := w.talk
	w.talk = nil
	w.stopWaiting()
	if talk == nil || talk.over() {
		return
	}
	if w.session.ByPass && talk.flow.Purpose == app.PurposeRegister { // which ends with its flow
		w.session = app.Session{}
	}
	flows, id := w.services.Flows, talk.flow.ID
	w.o.Run.Run(func() func() {
		_ = flows.Cancel(context.Background(), id)
		return nil
	})
}
