package ui

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// conversation is the flow at hand, and the one way in which the window answers it.
type conversation struct {
	w       *Window
	route   Route
	flow    app.Flow
	arrived time.Time // the window's clock when flow came
	last    intent
}

// begin starts the flow of a route. Registering needs a session: without one it begins with signing in.
func (w *Window) begin(r Route) {
	key, err := w.newKey()
	if err != nil {
		w.screen.failed(w.asError(err))
		return
	}
	services := w.services
	w.wait("wait.start", func(ctx context.Context) func() {
		session, purpose, err := app.Session{}, r.Purpose, error(nil)
		if r.own() {
			session, err = services.Sessions.Current(ctx)
			if app.CodeOf(err) == app.CodeSignedOut {
				purpose, err = app.PurposeSignIn, nil
			}
		}
		flow := app.Flow{}
		if err == nil {
			flow, err = services.Flows.Start(ctx, app.Start{Purpose: landing(purpose, session), Key: key})
		}
		return func() {
			if r.own() {
				w.session = session
			}
			w.began(r, flow, err)
		}
	})
}

// own reports whether the route needs a session.
func (r Route) own() bool {
	return r.Purpose == app.PurposeRegister || r.Purpose == app.PurposeManage || r.Purpose == app.PurposeChange
}

// landing is where registering leads to whom nothing is due: to the security info page. A pass opens the wizard alone.
func landing(purpose app.Purpose, session app.Session) app.Purpose {
	if purpose == app.PurposeRegister && session.Due == "" && !session.ByPass {
		return app.PurposeManage
	}
	return purpose
}

func (w *Window) began(r Route, flow app.Flow, err error) {
	if err != nil {
		w.screen.failed(w.asError(err))
		return
	}
	talk := &conversation{w: w, route: r, flow: flow, arrived: w.o.Clock()}
	w.talk = talk
	talk.show()
}

// show draws the step at hand. What the person said on the first page is answered here, not asked again.
func (c *conversation) show() {
	switch step := c.flow.Now.(type) {
	case app.SignedIn:
		c.open()
		return
	case app.Done:
		c.w.forgetSession(step)
	case app.Registered:
		c.w.session.Due = ""
	case app.Triage:
		if reason := c.route.Reason; reason != "" && slices.Contains(step.Reasons, reason) {
			c.route.Reason = ""
			c.submit(app.GiveReason{Reason: reason})
			return
		}
	}
	c.w.show(c.page())
	c.tell()
	c.solve()
}

// open turns the signed-in flow into a session, and goes on with what the person signed in for.
func (c *conversation) open() {
	w, services, id := c.w, c.w.services, c.flow.ID
	first := c.flow.Notice != nil && c.flow.Notice.Code == app.NoticePasswordSet
	key, err := w.newKey()
	if err != nil {
		w.screen.failed(w.asError(err))
		return
	}
	w.wait("wait.session", func(ctx context.Context) func() {
		session, err := services.Sessions.Open(ctx, id)
		flow := app.Flow{}
		if err == nil {
			flow, err = services.Flows.Start(ctx, app.Start{Purpose: landing(app.PurposeRegister, session), Key: key})
		}
		return func() {
			w.session = session
			switch {
			case first:
				w.said = words.Text("notice.password_set")
			case session.Ephemeral:
				w.said = words.Text("sign_in.ephemeral")
			}
			w.began(Route{Place: PlaceFlow, Purpose: app.PurposeRegister, UserID: session.Person.UserID}, flow, err)
		}
	})
}

// signInAgain begins anew after the session ended.
func (c *conversation) signInAgain() {
	w := c.w
	userID := w.session.Person.UserID
	w.session, w.talk = app.Session{}, nil
	w.said = words.Text("sign_in.again")
	w.begin(Route{Place: PlaceFlow, Purpose: app.PurposeRegister, UserID: userID})
}

// cancel ends the flow and goes home; a session that is good for this alone ends with it.
func (c *conversation) cancel() {
	if c.leaves() {
		c.w.onSignOut()
		return
	}
	c.w.home()
}

// back is Escape and the button on the left: a step back where there is one, otherwise out.
func (c *conversation) back() {
	if c.flow.CanBack {
		c.submit(app.Back{})
		return
	}
	c.cancel()
}

// over reports whether the flow came to its end.
func (c *conversation) over() bool {
	switch c.flow.Now.(type) {
	case app.Done, app.SignedIn:
		return true
	}
	return false
}

// asError names what went wrong; what is foreign is internal. The time of the next try is put onto the window's clock.
func (w *Window) asError(err error) *app.Error {
	if err == nil {
		return nil
	}
	var known *app.Error
	if !errors.As(err, &known) {
		return &app.Error{Code: app.CodeInternal, Cause: err}
	}
	e := *known
	if !e.RetryAt.IsZero() && !e.At.IsZero() {
		e.RetryAt = w.o.Clock().Add(e.RetryAt.Sub(e.At))
	}
	return &e
}

// local puts a time of the server's onto the window's clock: it lies as far from now as the server said.
func (c *conversation) local(t time.Time) time.Time {
	if t.IsZero() || c.flow.At.IsZero() {
		return t.In(c.arrived.Location())
	}
	return c.arrived.Add(t.Sub(c.flow.At))
}
