package uitest

import (
	"context"

	"github.com/sparekey/sparekey/app"
)

// Guard fails the test when a service is called on the UI thread.
func (s *Stage) Guard(call string) {
	s.T.Helper()
	if !s.away {
		s.T.Errorf("%s was called on the UI thread", call)
	}
}

// Organisation implements app.Front.
func (s *Stage) Organisation(context.Context) (app.Organisation, error) {
	s.Guard("Organisation")
	s.OrgAsked++
	return s.Org, s.OrgErr
}

// Start implements app.Flows.
func (s *Stage) Start(_ context.Context, start app.Start) (app.Flow, error) {
	s.Guard("Start")
	s.Starts = append(s.Starts, start)
	return s.OnStart(start)
}

// Get implements app.Flows.
func (s *Stage) Get(context.Context, app.FlowID) (app.Flow, error) {
	s.Guard("Get")
	return s.OnInput(nil)
}

// Submit implements app.Flows.
func (s *Stage) Submit(_ context.Context, _ app.FlowID, rev int, key app.IdempotencyKey, in app.Input) (app.Flow, error) {
	s.Guard("Submit")
	s.Sent = append(s.Sent, Submission{rev, key, in})
	return s.OnInput(in)
}

// Cancel implements app.Flows.
func (s *Stage) Cancel(_ context.Context, id app.FlowID) error {
	s.Guard("Cancel")
	s.Cancels = append(s.Cancels, id)
	return nil
}

// Open implements app.Sessions.
func (s *Stage) Open(context.Context, app.FlowID) (app.Session, error) {
	s.Guard("Open")
	s.Signed = true
	return s.Session, nil
}

// Current implements app.Sessions.
func (s *Stage) Current(context.Context) (app.Session, error) {
	s.Guard("Current")
	if !s.Signed {
		return app.Session{}, &app.Error{Code: app.CodeSignedOut}
	}
	return s.Session, nil
}

// Close implements app.Sessions.
func (s *Stage) Close(context.Context) error {
	s.Guard("Close")
	s.Closed++
	s.Signed = false
	return nil
}

// Messages implements app.Tray.
func (s *Stage) Messages() []app.Message {
	s.Guard("Messages")
	return s.Tray
}

// Changed implements app.Tray.
func (s *Stage) Changed() <-chan struct{} { return s.changed }

// Type implements app.Tray.
func (s *Stage) Type(_ context.Context, call string, digits app.Secret) error {
	s.Guard("Type")
	s.Typed = append(s.Typed, call+" "+digits.Reveal())
	return s.Heard
}
