// Package step draws the steps of a flow, one page for each kind of step, and sends what the person answers.
package step

import (
	"context"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/shell"
)

// Options are what the pages of steps need beside the window.
type Options struct {
	Keys     app.KeyDriver                       // drives the security keys that are plugged in; nil: this build can't
	Keyring  bool                                // people here have a keyring that opens with the password they logged in with
	QR       func(text string) ([][]bool, error) // the modules of a QR code; nil: the key is shown alone
	Region   string                              // as which national phone numbers are read (ISO 3166-1 alpha-2), or empty
	Language string                              // the person's (BCP 47), for an administrator's own questions, or empty
}

// flow is the loaded flow: it shows each step, and submits the inputs of the pages.
type flow struct {
	app.Flow
	w       *shell.Window
	o       Options
	route   shell.Route
	arrived time.Time // the window's clock when Flow came
	last    submission
}

var _ shell.Visit = (*flow)(nil)

// Begin starts the flow of a route. Registering needs a session: without one it begins with signing in.
func Begin(w *shell.Window, o Options, r shell.Route) {
	f := &flow{w: w, o: o, route: r}
	key, err := w.NewKey()
	if err != nil {
		w.Fail(err)
		return
	}
	services := w.Services
	w.Wait("wait.start", func(ctx context.Context) func() {
		session, purpose, err := app.Session{}, r.Purpose, error(nil)
		if needsSession(r.Purpose) {
			session, err = services.Sessions.Current(ctx)
			if app.CodeOf(err) == app.CodeSignedOut {
				purpose, err = app.PurposeSignIn, nil
			}
		}
		state := app.Flow{}
		if err == nil {
			state, err = services.Flows.Start(ctx, app.Start{Purpose: landing(purpose, session), Key: key})
		}
		return func() {
			if needsSession(r.Purpose) {
				w.Session = session
			}
			f.began(state, err)
		}
	})
}

// needsSession reports whether a purpose is for signed-in people.
func needsSession(p app.Purpose) bool {
	return p == app.PurposeRegister || p == app.PurposeManage || p == app.PurposeChange
}

// landing is the purpose that a session leads to: registering where something is due, otherwise the security info page.
// The session of a pass opens the wizard alone.
func landing(purpose app.Purpose, session app.Session) app.Purpose {
	if purpose == app.PurposeRegister && session.Due == "" && !session.ByPass {
		return app.PurposeManage
	}
	return purpose
}

// began shows the flow that was started, or on the page at hand why there is none.
func (f *flow) began(state app.Flow, err error) {
	if err != nil {
		f.w.Fail(err)
		return
	}
	f.Flow, f.arrived = state, f.w.Clock()
	f.w.SetVisit(f)
	f.show()
}

// Leave cancels a flow that goes on. Nobody waits for the answer: a flow that isn't cancelled expires.
func (f *flow) Leave() {
	if f.over() {
		return
	}
	if f.w.Session.ByPass && f.Purpose == app.PurposeRegister { // the session ends with its flow
		f.w.Session = app.Session{}
	}
	flows, id := f.w.Services.Flows, f.ID
	f.w.Run.Run(func() func() {
		_ = flows.Cancel(context.Background(), id)
		return nil
	})
}

// show draws the step at hand. What the person said on the first page is answered here, not asked again.
func (f *flow) show() {
	switch step := f.Now.(type) {
	case app.SignedIn:
		f.open()
		return
	case app.Done:
		f.forgetSession(step)
	case app.Registered:
		f.w.Session.Due = ""
	case app.Triage:
		if reason := f.route.Reason; reason != "" && slices.Contains(step.Reasons, reason) {
			f.route.Reason = ""
			f.submit(app.GiveReason{Reason: reason})
			return
		}
	}
	f.w.Show(f.newPage())
	f.tell()
	f.solve()
}

// open turns the signed-in flow into a session, and goes on with what the person signed in for.
func (f *flow) open() {
	w, services, id := f.w, f.w.Services, f.ID
	set := ""
	if n := f.Notice; n != nil && (n.Code == app.NoticePasswordSet || n.Code == app.NoticeRenewed) {
		set = words.Text("notice." + string(n.Code))
	}
	key, err := w.NewKey()
	if err != nil {
		w.Fail(err)
		return
	}
	w.Wait("wait.session", func(ctx context.Context) func() {
		session, err := services.Sessions.Open(ctx, id)
		state := app.Flow{}
		if err == nil {
			state, err = services.Flows.Start(ctx, app.Start{Purpose: landing(app.PurposeRegister, session), Key: key})
		}
		return func() {
			w.Session = session
			switch {
			case set != "":
				w.TellNext(set)
			case session.Ephemeral:
				w.TellNext(words.Text("sign_in.ephemeral"))
			}
			next := &flow{w: w, o: f.o, route: shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeRegister, UserID: session.Person.UserID}}
			next.began(state, err)
		}
	})
}

// signInAgain begins anew after the session ended.
func (f *flow) signInAgain() {
	w := f.w
	userID := w.Session.Person.UserID
	w.Session = app.Session{}
	w.SetVisit(nil)
	w.TellNext(words.Text("sign_in.again"))
	Begin(w, f.o, shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeRegister, UserID: userID})
}

// forgetSession closes the session after a flow that ended every session, or that the session was for.
func (f *flow) forgetSession(done app.Done) {
	w := f.w
	if !slices.Contains(done.Facts, app.FactEverywhere) && !w.Session.ByPass || w.Session.ID == "" {
		return
	}
	sessions := w.Services.Sessions
	w.Session = app.Session{}
	w.Run.Run(func() func() {
		_ = sessions.Close(context.Background())
		return nil
	})
}

// cancel ends the flow and goes home; a session that is good for this alone ends with it.
func (f *flow) cancel() {
	if f.leaves() {
		f.w.SignOut()
		return
	}
	f.w.Home()
}

// back is Escape and the button on the left: a step back where there is one, otherwise out.
func (f *flow) back() {
	if f.CanBack {
		f.submit(app.Back{})
		return
	}
	f.cancel()
}

// over reports whether the flow came to its end.
func (f *flow) over() bool {
	switch f.Now.(type) {
	case app.Done, app.SignedIn:
		return true
	}
	return false
}

// local puts a time of the server's onto the window's clock: it lies as far from now as the server said.
func (f *flow) local(t time.Time) time.Time {
	if t.IsZero() || f.At.IsZero() {
		return t.In(f.arrived.Location())
	}
	return f.arrived.Add(t.Sub(f.At))
}
