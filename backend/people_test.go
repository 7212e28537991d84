package backend_test

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
)

// newPassword is one that every rule of the trial likes.
const newPassword = "gentle-otter-paints-9-doors"

func secret(text string) app.Secret { return app.NewSecret(text) }

// signIn signs a person in, with the app's next code where one is wanted, and opens the session. The code after that one
// is free to be used.
func (w *world) signIn(p trial.Person) app.Grant {
	w.t.Helper()
	k := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: p.UserID, Password: secret(p.Password)})
	return w.grant(k, func(now time.Time) string { return p.Code(now) })
}

// grant gives the code that is wanted, if one is, and opens the session.
func (w *world) grant(k *talk, show func(time.Time) string) app.Grant {
	w.t.Helper()
	if _, wanted := k.flow.Now.(app.EnterCode); wanted {
		w.clock.pass(30 * time.Second)
		k.must(app.GiveCode{Digits: secret(show(w.clock.Now()))})
		w.clock.pass(30 * time.Second)
	}
	at[app.SignedIn](k)
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	return grant
}

// caller is who an access token stands for.
func (w *world) caller(access app.Secret) (app.Caller, error) {
	return w.Identify(app.WithCaller(w.t.Context(), app.Caller{Origin: here}), access)
}

// with is a context of the session that an access token stands for.
func (w *world) with(access app.Secret) context.Context {
	w.t.Helper()
	caller, err := w.caller(access)
	w.ok(err)
	return app.WithCaller(w.t.Context(), caller)
}

// register begins a registration by a person who signs in for it.
func (w *world) register(p trial.Person) *talk {
	w.t.Helper()
	return w.registerFrom(p, here)
}

func (w *world) registerFrom(p trial.Person, origin app.Origin) *talk {
	w.t.Helper()
	caller, err := w.caller(w.signIn(p).Access)
	w.ok(err)
	caller.Origin = origin
	return w.start(app.PurposeRegister, caller)
}

// reset begins a reset and says who and why.
func (w *world) reset(p trial.Person) *talk {
	w.t.Helper()
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: p.UserID})
	if _, open := k.flow.Now.(app.Triage); open {
		k.must(app.GiveReason{Reason: app.ReasonForgot})
	}
	return k
}

// toPassword passes both gates.
func (w *world) toPassword(p trial.Person) *talk {
	w.t.Helper()
	k := w.reset(p).must(app.Choose{Kind: app.KindAuthApp}, w.code(p))
	k.must(w.mailed(p.Mail))
	at[app.NewPassword](k)
	return k
}

// signsIn reports whether a password is taken.
func (w *world) signsIn(p trial.Person, password string) bool {
	w.t.Helper()
	k := w.start(app.PurposeSignIn, app.Caller{})
	err := k.say(app.SignIn{UserID: p.UserID, Password: secret(password)})
	if err != nil && app.CodeOf(err) != app.CodeSignIn {
		w.t.Fatal(err)
	}
	return err == nil
}
