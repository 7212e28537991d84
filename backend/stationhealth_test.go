package backend_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
)

// at is an enrolled station that asks from somewhere.
func (w *world) at(id app.StationID) context.Context {
	return app.WithCaller(w.t.Context(), app.Caller{Role: app.RoleAnyone, Origin: app.Origin{Station: "Kiosk", Enrolled: id, Network: "198.51.100.7"}})
}

// said is a kiosk's report at now.
func (w *world) said() app.StationReport {
	return app.StationReport{Version: "1.4.0", System: "linux", Mode: app.ModeKiosk, Keys: app.KeysUsable, Since: w.clock.Now().Add(-time.Hour), Wiped: 2}
}

// listed is a station as administrators see it.
func (w *world) listed(id app.StationID) app.Station {
	w.t.Helper()
	all, err := w.ListStations(w.operator())
	w.ok(err)
	i := slices.IndexFunc(all, func(s app.Station) bool { return s.ID == id })
	return all[i]
}

func TestAReportIsOfItsStationAlone(t *testing.T) {
	w := newWorld(t)
	w.config.Version = "1.5.0"
	w.restart()
	lobby, gate := w.enrols("Kiosk lobby"), w.enrols("Kiosk gate")
	invited := w.invite("Kiosk yard").Station
	if h := w.listed(lobby.ID).Health; h == nil || !h.Reported.IsZero() || h.Faults != nil {
		t.Errorf("before the first: %+v", h)
	}
	w.ok(w.ReportStation(w.at(lobby.ID), w.said()))
	other := w.said()
	other.Version, other.Wiped = "1.5.0", 7
	w.clock.pass(time.Minute)
	w.ok(w.ReportStation(w.at(gate.ID), other))
	if h := w.listed(lobby.ID).Health; h.Report.Wiped != 2 || !h.Reported.Equal(w.clock.Now().Add(-time.Minute)) || h.Server != "1.5.0" || !slices.Equal(h.Faults, []app.StationFault{app.FaultOld}) {
		t.Errorf("the lobby's: %+v", h)
	}
	if h := w.listed(gate.ID).Health; h.Report != other || h.Faults != nil {
		t.Errorf("the gate's: %+v", h)
	}
	if h := w.listed(invited.ID).Health; h != nil {
		t.Errorf("one that is only invited is %+v", h)
	}
	for name, ctx := range map[string]context.Context{"nobody's station": w.comes("198.51.100.7"), "one that is gone": w.at("nobody")} {
		if err := w.ReportStation(ctx, w.said()); app.CodeOf(err) != app.CodeNoStation {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, e := range w.trail() {
		if e.Action == "station.report" {
			t.Error("a report stands in the trail")
		}
	}
}

// Threat: a station that went mad, or was taken over, keeps the store busy.
func TestAStationReportsNowAndThenAlone(t *testing.T) {
	w := newWorld(t)
	lobby, gate := w.enrols("Kiosk lobby"), w.enrols("Kiosk gate")
	kept := &counting{Store: w.config.Store}
	w.config.Store = kept
	w.restart()
	before, taken := kept.updates, 0
	var refused error
	for taken < 1000 && refused == nil {
		if refused = w.ReportStation(w.at(lobby.ID), w.said()); refused == nil {
			taken++
		}
	}
	if e, is := refused.(*app.Error); !is || e.Code != app.CodeThrottled || !e.RetryAt.Equal(w.clock.Now().Add(time.Minute)) || taken != 10 {
		t.Errorf("after %d reports: %+v", taken, refused)
	}
	if n := kept.updates - before; n != taken {
		t.Errorf("%d transactions for %d reports that were taken", n, taken)
	}
	w.ok(w.ReportStation(w.at(gate.ID), w.said())) // at the same address
	w.clock.pass(time.Minute)
	w.ok(w.ReportStation(w.at(lobby.ID), w.said()))
}

func TestASilentKioskIsCounted(t *testing.T) {
	w := newWorld(t)
	lobby, gate := w.enrols("Kiosk lobby"), w.enrols("Kiosk gate")
	w.enrols("never reports")
	for _, s := range []app.Station{lobby, gate} {
		w.ok(w.ReportStation(w.at(s.ID), w.said()))
	}
	silent := func() int {
		n, err := w.SilentStations(w.operator())
		w.ok(err)
		return n
	}
	w.clock.pass(app.StationSilentAfter)
	if n := silent(); n != 0 {
		t.Errorf("%d are silent too early", n)
	}
	w.StationHeard(t.Context(), gate.ID, 0, true) // somebody uses it
	w.clock.pass(time.Second)
	if n := silent(); n != 1 || !slices.Equal(w.listed(lobby.ID).Health.Faults, []app.StationFault{app.FaultSilent}) || w.listed(gate.ID).Health.Faults != nil {
		t.Errorf("%d are silent: %v, %v", n, w.listed(lobby.ID).Health.Faults, w.listed(gate.ID).Health.Faults)
	}
	w.ok(w.changes(lobby.ID, app.StationPause, ""))
	if n := silent(); n != 0 {
		t.Errorf("one that is paused counts")
	}
}

// A clock that has everything refused is known all the same: nobody would know why the station is silent.
func TestAWrongClockOfAStationIsKnown(t *testing.T) {
	w := newWorld(t)
	lobby := w.enrols("Kiosk lobby")
	w.StationHeard(t.Context(), lobby.ID, -1400*time.Millisecond, true)
	if h := w.listed(lobby.ID).Health; h.ClockAhead != -time.Second || !h.ClockAt.Equal(w.clock.Now()) || h.Faults != nil {
		t.Errorf("a good one: %+v", h)
	}
	used := w.clock.Now()
	w.clock.pass(time.Minute)
	w.StationHeard(t.Context(), lobby.ID, 2*time.Hour, false)
	if s := w.listed(lobby.ID); s.Health.ClockAhead != 2*time.Hour || !slices.Equal(s.Health.Faults, []app.StationFault{app.FaultClock}) || !s.Used.Equal(used) {
		t.Errorf("a wrong one: %+v, used %v", s.Health, s.Used)
	}
	w.clock.pass(app.StationUseSpan)
	w.StationHeard(t.Context(), lobby.ID, 0, true)
	if h := w.listed(lobby.ID).Health; h.ClockAhead != 0 || h.Faults != nil {
		t.Errorf("set right: %+v", h)
	}
}

// What a station was used for is counted by what its people did, not by what it says.
func TestTheServerCountsWhatAStationWasUsedFor(t *testing.T) {
	w := newWorld(t)
	ben := someone(trial.Registered)
	lobby, gate := w.enrols("Kiosk lobby"), w.enrols("Kiosk gate")
	from := app.Caller{Origin: app.Origin{Station: "Kiosk lobby", Enrolled: lobby.ID, Network: "198.51.100.7"}}
	done := w.start(app.PurposeReset, from).must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot}, app.Choose{Kind: app.KindAuthApp})
	done.must(w.code(ben)).must(w.mailed(ben.Mail)).must(app.GivePassword{Password: secret(newPassword)})
	at[app.Done](done)
	k := w.start(app.PurposeSignIn, from).must(app.SignIn{UserID: ben.UserID, Password: secret(newPassword)})
	w.grant(k, ben.Code)
	w.start(app.PurposeReset, from).must(app.GiveUserID{UserID: ben.UserID}, app.ContactAdmin{})
	left := w.start(app.PurposeReset, from)
	w.ok(w.Cancel(left.ctx, left.flow.ID))
	w.start(app.PurposeReset, from).must(app.GiveUserID{UserID: ben.UserID})
	w.start(app.PurposeReset, app.Caller{Origin: app.Origin{Station: "Kiosk lobby", Network: "198.51.100.7"}}) // says so itself
	w.clock.pass(time.Hour)
	w.ok(w.Sweep(t.Context()))
	if use := w.listed(lobby.ID).Health.Use; use != (app.StationUse{Begun: 5, Through: 2, Asked: 1, Cancelled: 1, Abandoned: 1}) {
		t.Errorf("used: %+v", use)
	}
	if use := w.listed(gate.ID).Health.Use; use != (app.StationUse{}) {
		t.Errorf("another one: %+v", use)
	}
	w.clock.pass(app.StationUseDay + time.Second)
	if use := w.listed(lobby.ID).Health.Use; use != (app.StationUse{}) {
		t.Errorf("a day later: %+v", use)
	}
}
