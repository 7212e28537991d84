package shell

import "github.com/sparekey/sparekey/app"

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
	PlaceTry     Place = "try"     // the sample people
	PlaceKeyCare Place = "keycare" // the person's security key itself
	PlaceNever   Place = "never"   // for a person who never got a password
	PlaceFlow    Place = "flow"
)

// Routes say how each place is opened. One that this build can't open has no row, and leads home.
type Routes map[Place]func(r Route)

// SetRoutes gives the window its routes, once, before anybody goes anywhere.
func (w *Window) SetRoutes(routes Routes) { w.routes = routes }

// Offers reports whether a place can be opened.
func (w *Window) Offers(p Place) bool { return w.routes[p] != nil }

// Go leads to a route. A visit that was under way elsewhere is left.
func (w *Window) Go(r Route) {
	w.leaveVisit()
	if !w.Offers(r.Place) {
		r = Route{Place: PlaceHome}
	}
	w.routes[r.Place](r)
}

// Home is the route that every way out leads to.
func (w *Window) Home() { w.Go(Route{Place: PlaceHome}) }

// Visit is what goes on over several pages, such as a flow.
type Visit interface {
	// Rail gives what the rail shows of the visit.
	Rail() Rail
	// Leave ends the visit, since the person goes elsewhere.
	Leave()
}

// SetVisit begins a visit, in place of one that came to its end by itself; nil for none.
func (w *Window) SetVisit(v Visit) { w.visit = v }

// Visit is what is under way; nil for nothing.
func (w *Window) Visit() Visit { return w.visit }

// leaveVisit ends what is under way, if anything is. What the page waits for comes to nothing.
func (w *Window) leaveVisit() {
	v := w.visit
	w.visit = nil
	w.StopWaiting()
	if v != nil {
		v.Leave()
	}
}
