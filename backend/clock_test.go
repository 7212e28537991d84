package backend_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// A clock that was wrong is put right: time goes back.

// backwards are jumps; the shortest is noticed by a process, the others by one that starts, too.
var backwards = []time.Duration{2 * time.Second, 90 * time.Second, 5 * time.Minute, 3 * time.Hour, 24 * 365 * time.Hour}

// Threat: a code that was sent "later" lives for as long as the clock went back.
func TestACodeOfATimeToComeIsExpired(t *testing.T) {
	kinds := []app.Kind{app.KindEmail, app.KindSMS, app.KindVoice, app.KindSecurityKey}
	for _, kind := range kinds {
		for _, confirms := range []policy.CallConfirm{policy.SpokenCode, policy.TwoDigits} {
			w := newWorld(t, keysAllowed, allows(1, append(kinds, app.KindAuthApp)), func(p *policy.Policy) {
				p.Codes.ConfirmDestination, p.Calls.Confirm = false, confirms
			})
			ben := someone(trial.Registered)
			key := &keytest.Key{}
			r := w.register(ben).must(app.Choose{Kind: app.KindSecurityKey})
			r.must(r.make(key, "mine"))
			for i, telephone := range []app.Kind{app.KindSMS, app.KindVoice} {
				w.holdsNumber(port.DirectoryAccount{ID: ben.ID, UserID: ben.UserID, Name: ben.Name}, telephone, app.GivePhone{Number: mobile, Use: app.PhoneMobile}, i, 0)
			}
			k := w.reset(ben)
			w.clock.pass(50 * time.Second)
			k.must(app.Choose{Kind: kind})
			w.messages()
			w.clock.pass(-20 * time.Second)
			switch step := k.flow.Now.(type) {
			case app.UseKey:
				k.refused(k.use(key), app.CodeKeyLate)
			case app.ConfirmOnPhone:
				if err := w.Keyed(t.Context(), w.called(), secret(step.Digits)); app.CodeOf(err) != app.CodeCodeExpired {
					t.Errorf("%s: %v", kind, err)
				}
			case app.EnterCode:
				var code string
				for _, m := range w.messages() {
					if m.Code != "" && m.Channel == kind {
						code = m.Code
					}
				}
				k.refused(app.GiveCode{Digits: secret(code)}, app.CodeCodeExpired)
			}
		}
	}
}

// Threat: what was over begins anew when the clock is put back: a conversation, an access token, a session, a pass.
func TestWhatWasOverStaysOver(t *testing.T) {
	for _, back := range backwards {
		for _, restarted := range []bool{false, true} {
			t.Run(fmt.Sprint(back, restarted), func(t *testing.T) {
				if restarted && back < time.Minute {
					return // servers' clocks are that far apart
				}
				w, ben, ana := newWorld(t, func(p *policy.Policy) { p.Sessions.Refresh, p.Sessions.Access = 10*time.Minute, 2*time.Minute }), someone(trial.Registered), someone(trial.Ready)
				goesBack := func() {
					w.start(app.PurposeSignIn, app.Caller{}) // so that the trail knows the time
					w.clock.pass(-back)
					if restarted {
						w.restart()
					}
				}
				over := func(what string, err error, codes ...app.Code) {
					t.Helper()
					for _, code := range codes {
						if app.CodeOf(err) == code {
							return
						}
					}
					t.Errorf("%s: %v", what, err)
				}
				k := w.start(app.PurposeReset, app.Caller{})
				w.clock.pass(w.config.Policy.Flows.Lifetime + time.Second)
				goesBack()
				_, err := w.Get(k.ctx, k.flow.ID)
				over("a conversation is read", err, app.CodeEnded, app.CodeExpired)
				over("an input", k.say(app.GiveUserID{UserID: ben.UserID}), app.CodeEnded, app.CodeExpired)

				w.clock.pass(2 * 365 * 24 * time.Hour)
				grant := w.signIn(ana)
				w.clock.pass(2*time.Minute + time.Second)
				goesBack()
				_, err = w.caller(grant.Access)
				over("an access token", err, app.CodeSignedOut)

				w.clock.pass(2 * 365 * 24 * time.Hour)
				grant = w.signIn(ana)
				w.clock.pass(10*time.Minute + time.Second)
				goesBack()
				_, err = w.Renew(t.Context(), grant.Refresh)
				over("a session", err, app.CodeSignedOut)

				w.clock.pass(2 * 365 * 24 * time.Hour)
				pass := w.pass(ana, true)
				w.clock.pass(w.config.Policy.Pass.DeskLifetime + time.Second)
				goesBack()
				over("a pass", w.start(app.PurposeSignIn, app.Caller{}).say(with(ana, pass.Code)), app.CodeWrongPass)
			})
		}
	}
}

// Threat: what was begun by a clock that was ahead lasts for as long as it was ahead.
func TestWhatBeginsLaterIsOver(t *testing.T) {
	for _, back := range backwards[1:] {
		w, ana := newWorld(t), someone(trial.Ready)
		k, grant, pass := w.start(app.PurposeReset, app.Caller{}), w.signIn(ana), w.pass(ana, false)
		w.clock.pass(-back)
		w.restart()
		if _, err := w.Get(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeExpired && app.CodeOf(err) != app.CodeEnded {
			t.Errorf("%v: a conversation: %v", back, err)
		}
		if _, err := w.caller(grant.Access); app.CodeOf(err) != app.CodeSignedOut {
			t.Errorf("%v: an access token: %v", back, err)
		}
		if _, err := w.Renew(t.Context(), grant.Refresh); app.CodeOf(err) != app.CodeSignedOut {
			t.Errorf("%v: a session: %v", back, err)
		}
		w.start(app.PurposeSignIn, app.Caller{}).refused(with(ana, pass.Code), app.CodeWrongPass)
	}
}

// Threat: a proof by a clock that was ahead is fresh for as long as it was ahead.
func TestAProofOfATimeToComeIsNotFresh(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	grant := w.signIn(ben)
	w.clock.pass(5 * time.Hour)
	renewed, err := w.Renew(t.Context(), grant.Refresh)
	w.ok(err)
	m := w.start(app.PurposeManage, w.callerOf(renewed))
	m.must(app.Delete{Credential: m.owns(app.KindEmail)}, w.code(ben)) // a proof, ahead
	raised, err := w.Grant(m.ctx, m.flow.ID)
	w.ok(err)
	w.clock.pass(-4 * time.Hour)
	back, err := w.Renew(t.Context(), raised.Refresh)
	w.ok(err)
	n := w.start(app.PurposeManage, w.callerOf(back))
	at[app.EnterCode](n.must(app.Delete{Credential: n.owns(app.KindEmail)}))
}

// Threat: whoever was locked out by a clock that was ahead is for as long as it was ahead.
func TestNoLockOfATimeToComeHolds(t *testing.T) {
	for _, back := range backwards[1:] {
		w, ben := newWorld(t, often), someone(trial.Registered)
		w.clock.pass(back)
		began := w.clock.Now()
		w.lockOut(ben.UserID)
		if _, blocked := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}).flow.Now.(app.Blocked); !blocked {
			t.Fatal("no lock")
		}
		for range 12 {
			_ = w.start(app.PurposeSignIn, app.Caller{}).say(app.SignIn{UserID: ben.UserID, Password: secret("not this one")})
		}
		w.clock.pass(-back - w.clock.Now().Sub(began))
		at[app.Triage](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}))
		if back > 3*time.Hour {
			w.signIn(ben)
		}
	}
}

// The backend says that its clock has gone back, and so does the trail.
func TestTheBackendNoticesAClockThatGoesBack(t *testing.T) {
	w := newWorld(t)
	w.start(app.PurposeReset, app.Caller{})
	healthy := func(what string) {
		t.Helper()
		if h, err := w.Health(t.Context()); err != nil || h.Behind != 0 || !h.WentBack.IsZero() {
			t.Errorf("%s: %+v, %v", what, h, err)
		}
	}
	healthy("at first")
	w.clock.pass(-500 * time.Millisecond)
	w.start(app.PurposeReset, app.Caller{})
	healthy("half a second back")
	w.clock.pass(-3 * time.Hour)
	if h, err := w.Health(t.Context()); err != nil || h.Behind < 3*time.Hour-time.Second {
		t.Errorf("three hours back: %+v, %v", h, err)
	}
	w.start(app.PurposeReset, app.Caller{})
	if h, err := w.Health(t.Context()); err != nil || h.Behind != 0 || !h.WentBack.Equal(w.clock.Now()) || h.By < 3*time.Hour-time.Second {
		t.Errorf("three hours back, and gone on: %+v, %v", h, err)
	}
	w.clock.pass(-3 * time.Hour)
	w.restart()
	w.start(app.PurposeReset, app.Caller{})
	if h, err := w.Health(t.Context()); err != nil || !h.WentBack.Equal(w.clock.Now()) || h.By < 3*time.Hour-time.Second {
		t.Errorf("three hours back, and started again: %+v, %v", h, err)
	}
	if n := w.audited("clock.back", "succeeded"); n != 2 {
		t.Errorf("the trail knows of %d jumps", n)
	}
}

// Threat: what its owner must be told waits for as long as the clock was ahead.
func TestNoMessageWaitsForAWrongClock(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	at[app.Done](w.toPassword(ben).must(app.GivePassword{Password: secret(newPassword)}))
	w.clock.pass(-24 * time.Hour)
	w.start(app.PurposeReset, app.Caller{})
	if w.heard(app.MessagePasswordChanged, ben.Mail) != 1 {
		t.Error("nobody was told")
	}
}
