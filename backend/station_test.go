package backend_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// A conversation that began at an enrolled workstation is bound to it.

// Threat: a token, or a code with it, is used at another machine than the kiosk where the person stands.
func TestAConversationStaysAtItsEnrolledStation(t *testing.T) {
	kiosk := app.Origin{Station: "kiosk 1", Enrolled: "S1", Network: "local"}
	elsewhere := map[string]app.Origin{
		"another enrolled one":         {Station: "kiosk 2", Enrolled: "S2", Network: "local"},
		"one that gives the same name": {Station: "kiosk 1", Network: "local"},
		"one without a name":           {Network: "local"},
		"one of another network":       {Station: "desk 4", Network: "203.0.113.9"},
		"another of the same name":     {Station: "kiosk 1", Enrolled: "S2", Network: "local"},
	}
	for name, origin := range elsewhere {
		t.Run(name, func(t *testing.T) {
			w, ben := newWorld(t), someone(trial.Registered)
			key := w.key()
			start := func(from app.Origin) (app.Flow, error) {
				return w.Start(app.WithCaller(t.Context(), app.Caller{Role: app.RoleAnyone, Origin: from}), app.Start{Purpose: app.PurposeSignIn, Key: key})
			}
			flow, err := start(kiosk)
			w.ok(err)
			as := func(from app.Origin) *talk {
				return &talk{w: w, flow: flow, ctx: app.WithCaller(t.Context(), app.Caller{Role: app.RoleFlow, Flow: flow.ID, Origin: from})}
			}
			if _, err := start(origin); app.CodeOf(err) != app.CodeReused {
				t.Errorf("the key that began it gives a token there: %v", err)
			}
			thief, own := as(origin), as(kiosk)
			none := func(what string, err error) {
				t.Helper()
				if app.CodeOf(err) != app.CodeNoFlow {
					t.Errorf("%s: %v", what, err)
				}
			}
			_, err = w.Get(thief.ctx, flow.ID)
			none("read", err)
			none("an input", thief.say(app.SignIn{UserID: ben.UserID, Password: secret(ben.Password)}))
			own.must(app.SignIn{UserID: ben.UserID, Password: secret(ben.Password)})
			thief.flow = own.flow
			none("a code", thief.say(w.code(ben)))
			none("cancel", w.Cancel(thief.ctx, flow.ID))
			own.must(w.code(ben))
			_, err = w.Grant(thief.ctx, flow.ID)
			none("a session", err)
			if _, err = w.Grant(own.ctx, flow.ID); err != nil {
				t.Errorf("at its own: %v", err)
			}
		})
	}
}

// Where the workstation is not enrolled, the token alone is what binds: a name that somebody gives changes nothing.
func TestANameBindsNothing(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.start(app.PurposeSignIn, app.Caller{Origin: app.Origin{Station: "desk 4", Network: "local"}})
	k.ctx = app.WithCaller(t.Context(), app.Caller{Role: app.RoleFlow, Flow: k.flow.ID, Origin: app.Origin{Station: "desk 5", Network: "local"}})
	k.must(app.SignIn{UserID: ben.UserID, Password: secret(ben.Password)})
}

// Threat: a code that somebody was talked out of serves in another conversation than the one that it was sent for, whose token
// the thief does not have. No code does, of whatever method that sends one.
func TestACodeServesItsOwnConversationAlone(t *testing.T) {
	kinds := []app.Kind{app.KindEmail, app.KindSMS, app.KindVoice}
	w := newWorld(t, allows(1, kinds), often)
	w.config.Policy.Codes.ConfirmDestination = false
	w.restart()
	ben := port.DirectoryAccount{ID: "id-ben", UserID: "b@harbour.example", Name: "Ben", Groups: []string{"Password self-service"}}
	w.ok(w.dir.Put(t.Context(), ben, secret("correct horse battery")))
	w.decoyFor(ben, app.KindEmail, 0)
	for i, kind := range kinds[1:] {
		w.holdsNumber(ben, kind, app.GivePhone{Number: mobile, Use: app.PhoneMobile}, i, 0)
	}
	begin := func(kind app.Kind) *talk {
		return w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot}, app.Choose{Kind: kind})
	}
	for _, kind := range kinds {
		thief := begin(kind)
		before := len(w.messages())
		own := begin(kind)
		var code app.GiveCode
		for _, m := range w.messages()[before:] {
			if m.Channel == kind && m.Code != "" {
				code = app.GiveCode{Digits: secret(m.Code)}
			}
		}
		thief.refused(code, app.CodeWrongCode)
		own.must(code)
	}
}
