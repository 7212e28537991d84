package setup

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/signed"
	"github.com/sparekey/sparekey/client"
)

// rounds runs a reporter for so many reports, and gives how long it meant to wait after each.
func rounds(t *testing.T, n int, send func(context.Context, app.StationReport) error) (waits []time.Duration, told []app.Code) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	Reporter{
		Send: send, Say: func() app.StationReport { return OwnReport("1.4.0", app.ModeKiosk) },
		Told: func(err error) { told = append(told, app.CodeOf(err)) },
		Wait: func(ctx context.Context, d time.Duration) error {
			if waits = append(waits, d); len(waits) == n {
				end()
			}
			return ctx.Err()
		},
	}.Run(ctx)
	return waits, told
}

func TestAReporterComesAgain(t *testing.T) {
	away := &app.Error{Code: app.CodeOffline}
	now := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	answers := []error{nil, away, away, away, away, away, away, nil, away,
		&app.Error{Code: app.CodeBadRequest}, &app.Error{Code: app.CodeThrottled, At: now, RetryAt: now.Add(20 * time.Minute)}, &app.Error{Code: app.CodeStationPaused},
	}
	want := []time.Duration{
		5 * time.Minute, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute, 15 * time.Second,
		time.Hour, 20 * time.Minute, 2 * time.Minute,
	}
	sent := 0
	waits, told := rounds(t, len(want), func(_ context.Context, r app.StationReport) error {
		if r.Version != "1.4.0" || r.Mode != app.ModeKiosk || r.System == "" {
			t.Errorf("it says %+v", r)
		}
		sent++
		return answers[sent-1]
	})
	for i, d := range waits {
		if off := (d - want[i]).Abs(); off > want[i]/10 {
			t.Errorf("after %v it waits %v, want %v", answers[i], d, want[i])
		}
	}
	if len(told) != len(want) || told[1] != app.CodeOffline {
		t.Errorf("told %v", told)
	}
}

// At a server that knows nothing of reports, the station goes on as it did.
func TestAnOlderServerTakesNoReports(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"type":"urn:sparekey:problem:bad_request","title":"bad_request","status":400,"code":"bad_request"}`))
	}))
	t.Cleanup(server.Close)
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	c := &client.Client{Base: server.URL, Key: &signed.Key{Station: "s1", Private: key}}
	v := NewVitals(time.Now)
	waits, _ := rounds(t, 1, func(ctx context.Context, r app.StationReport) error {
		err := c.ReportStation(ctx, r)
		v.Reported(err)
		return err
	})
	if waits[0] < 50*time.Minute {
		t.Errorf("it asks again after %v", waits[0])
	}
	if said := v.Fill(app.StationReport{}); said.Trouble != "" || said.Away != 0 || !v.LastReport().IsZero() {
		t.Errorf("it is taken for trouble: %+v", said)
	}
}

// What a station notices, and for how long; a person who goes elsewhere is no server that is away.
func TestWhatAStationNotices(t *testing.T) {
	now := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	began := now
	v := NewVitals(func() time.Time { return now })
	asked := error(nil)
	s := v.Services(app.Services{Front: frontOf(func() error { return asked })})
	ask := func(err error) {
		asked = err
		if _, got := s.Front.Organisation(t.Context()); !errors.Is(got, err) {
			t.Errorf("the page is told %v", got)
		}
	}
	away := &app.Error{Code: app.CodeOffline, Params: map[string]string{"reason": "refused"}}
	ask(nil)
	ask(&app.Error{Code: app.CodeOffline, Params: map[string]string{"reason": "cancelled"}})
	now = now.Add(time.Minute)
	ask(away)
	ask(away)
	if !v.Answered().Equal(began) {
		t.Errorf("it answered last at %v", v.Answered())
	}
	ask(&app.Error{Code: app.CodeKeyBusy})
	ask(&app.Error{Code: app.CodeWrongCode})
	ask(away)
	v.Wiped()
	want := app.StationReport{Mode: app.ModeKiosk, Since: began, Trouble: app.CodeKeyBusy, TroubleAt: now, Wiped: 1, Away: 2}
	if got := v.Fill(app.StationReport{Mode: app.ModeKiosk}); got != want {
		t.Errorf("it says %+v, want %+v", got, want)
	}
	now = now.Add(app.StationUseDay)
	if got := v.Fill(app.StationReport{}); got.Wiped != 0 || got.Away != 0 || got.Trouble != app.CodeKeyBusy {
		t.Errorf("a day later: %+v", got)
	}
}

// frontOf is an app.Front that fails as it is told.
type frontOf func() error

func (f frontOf) Organisation(context.Context) (app.Organisation, error) {
	return app.Organisation{}, f()
}

// What keeps keys from being used is noticed; the list that arrives is the newest.
func TestAStationNoticesWhyKeysCannotBeUsed(t *testing.T) {
	v := NewVitals(time.Now)
	lists := make(chan []app.KeyInfo)
	told := v.Keys(watched(lists)).Watch(t.Context())
	lists <- []app.KeyInfo{{ID: "1"}}
	lists <- []app.KeyInfo{{ID: "1"}, {ID: "2", Trouble: &app.Error{Code: app.CodeKeyNoPermission}}}
	if got := <-told; len(got) != 2 {
		t.Errorf("the list is %+v", got)
	}
	if got := v.Fill(app.StationReport{}).Trouble; got != app.CodeKeyNoPermission {
		t.Errorf("trouble: %q", got)
	}
	close(lists)
	if got, more := <-told; more {
		t.Errorf("after the end: %+v", got)
	}
}

// watched is a driver whose lists of keys a test sends.
type watched chan []app.KeyInfo

func (w watched) Watch(context.Context) <-chan []app.KeyInfo { return w }

func (watched) Expect() {}

func (watched) Run(context.Context, app.UseKey, app.KeyTalk) (app.KeyAnswer, error) {
	return app.KeyAnswer{}, nil
}

func TestWhatAComputerCallsItselfCanBePrinted(t *testing.T) {
	for said, want := range map[string]string{"1.4.0": "1.4.0", "": "dev", "1 4\n": "14", "1.4.0~git\u202e": "1.4.0~git", strings.Repeat("1", 50): strings.Repeat("1", 40)} {
		if got := OwnReport(said, app.ModeDesktop).Version; got != want {
			t.Errorf("%q becomes %q", said, got)
		}
	}
}

// A station reports to the server at work, over TLS; the list of the command beside it has what it said, also while it is only read.
func TestAStationReportsToTheServerAtWork(t *testing.T) {
	h := newHouse(t, goodServer)
	h.start(quickHasher())
	admin, end, err := Admin(t.Context(), Target{Server: filepath.Join(h.dir, "server.toml")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = end() })
	invited, err := admin.Stations.InviteStation(t.Context(), "Kiosk lobby", "jo")
	if err != nil {
		t.Fatal(err)
	}
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	kiosk := h.client()
	if err := kiosk.ReportStation(t.Context(), OwnReport("1.4.0", app.ModeKiosk)); app.CodeOf(err) != app.CodeBadRequest {
		t.Errorf("half a report, without a signature: %v", err)
	}
	said := OwnReport("1.4.0", app.ModeKiosk)
	said.Keys, said.Since, said.Wiped = app.KeysUsable, time.Now(), 3
	if err := kiosk.ReportStation(t.Context(), said); app.CodeOf(err) != app.CodeNoStation {
		t.Errorf("without a signature: %v", err)
	}
	station, err := kiosk.EnrolStation(t.Context(), invited.Code, private)
	if err != nil {
		t.Fatal(err)
	}
	kiosk = h.client()
	kiosk.Key = &signed.Key{Station: station.ID, Private: private}
	if err := kiosk.ReportStation(t.Context(), said); err != nil {
		t.Fatal(err)
	}
	all, err := admin.Stations.ListStations(t.Context())
	if err != nil || len(all) != 1 || all[0].Health == nil {
		t.Fatalf("%+v, %v", all, err)
	}
	got := all[0].Health
	if got.Report.Version != "1.4.0" || got.Report.Wiped != 3 || got.Server != "test" || got.ClockAt.IsZero() || got.Faults != nil {
		t.Errorf("the list says %+v", got)
	}
	if figures := h.figures(); !strings.Contains(figures, "\nsparekey_stations_silent 0\n") {
		t.Errorf("the figures: %s", figures)
	}
}
