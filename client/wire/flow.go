package wire

import "github.com/sparekey/sparekey/app"

// Start is the body that starts a flow; its key travels in the header Idempotency-Key.
type Start struct {
	Purpose string `json:"purpose" enum:"sign_in,register,reset,manage,change_password"`
}

// Started is the reply to Start: the only one with the flow's token.
type Started struct {
	Flow  Flow   `json:"flow"`
	Token string `json:"token" doc:"the right to go on with the flow; shown once"`
}

// Submission is the body of an input; its key travels in the header Idempotency-Key.
type Submission struct {
	Rev   int   `json:"rev" minimum:"0" doc:"the revision of the flow that the input answers"`
	Input Input `json:"input"`
}

// Flow is the form of app.Flow, without its token.
type Flow struct {
	ID      string   `json:"id"`
	Purpose string   `json:"purpose"`
	Rev     int      `json:"rev"`
	At      Time     `json:"at,omitzero" format:"date-time"`
	Expires Time     `json:"expires,omitzero" format:"date-time"`
	Places  []Place  `json:"places" nullable:"false"`
	Now     Step     `json:"now"`
	Others  []Choice `json:"others" nullable:"false"`
	CanBack bool     `json:"can_back"`
	Contact bool     `json:"contact"`
	Notice  *Notice  `json:"notice,omitempty"`
	Support string   `json:"support"`
	Regrant bool     `json:"regrant,omitempty" doc:"the session's tokens are dead: open-session with this flow's token gives new ones"`
}

// Place is the form of app.Place.
type Place struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// Notice is the form of app.Notice.
type Notice struct {
	Code string `json:"code"`
	Kind string `json:"kind,omitempty"`
}

// NewFlow gives the form of f; it fails for a flow without a step, which the wire can't say.
func NewFlow(f app.Flow) (Flow, error) {
	if _, err := steps.form(f.Now); err != nil {
		return Flow{}, err
	}
	w := Flow{
		ID: string(f.ID), Purpose: string(f.Purpose), Rev: f.Rev, At: Time(f.At), Expires: Time(f.Expires),
		Places: list(f.Places, newPlace), Now: Step{f.Now}, Others: list(f.Others, newChoice),
		CanBack: f.CanBack, Contact: f.Contact, Support: f.Support, Regrant: f.Regrant,
	}
	if f.Notice != nil {
		w.Notice = &Notice{Code: string(f.Notice.Code), Kind: string(f.Notice.Kind)}
	}
	return w, nil
}

// Domain gives the flow.
func (w Flow) Domain() app.Flow {
	f := app.Flow{
		ID: app.FlowID(w.ID), Purpose: app.Purpose(w.Purpose), Rev: w.Rev, At: w.At.domain(), Expires: w.Expires.domain(),
		Places: unlist(w.Places, Place.domain), Now: w.Now.Step, Others: unlist(w.Others, Choice.domain),
		CanBack: w.CanBack, Contact: w.Contact, Support: w.Support, Regrant: w.Regrant,
	}
	if w.Notice != nil {
		f.Notice = &app.Notice{Code: app.NoticeCode(w.Notice.Code), Kind: app.Kind(w.Notice.Kind)}
	}
	return f
}

// NewStarted gives the form of the reply to Start.
func NewStarted(f app.Flow) (Started, error) {
	w, err := NewFlow(f)
	return Started{Flow: w, Token: f.Token.Reveal()}, err
}

// Domain gives the flow with its token.
func (w Started) Domain() app.Flow {
	f := w.Flow.Domain()
	f.Token = app.NewSecret(w.Token)
	return f
}

func newPlace(p app.Place) Place { return Place{ID: string(p.ID), State: string(p.State)} }

func (w Place) domain() app.Place {
	return app.Place{ID: app.PlaceID(w.ID), State: app.PlaceState(w.State)}
}
