//go:build linux

package desktop

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/setup"
)

// stationKey names the file of a kiosk's key as a station.
const stationKey = "SPAREKEY_TEST_STATION_KEY"

// enrol enrols a kiosk at the organisation, and gives the file of its key.
func (o *organisation) enrol(t *testing.T, name string) string {
	t.Helper()
	operator := app.WithCaller(t.Context(), app.Caller{Role: app.RoleAdmin, Origin: app.Origin{Network: "local"}})
	invited, err := o.trial.Service.InviteStation(operator, name, "jo")
	if err != nil {
		t.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	made, err := o.trial.Service.EnrolStation(operator, app.EnrolStation{
		Code: invited.Code, Key: public, Proof: ed25519.Sign(private, app.StationProof(invited.Code, public)),
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "station.key")
	key := setup.Enrolment{Server: o.address, Station: string(made.ID), Name: name, Seed: base64.StdEncoding.EncodeToString(private.Seed())}
	if err := os.WriteFile(path, []byte(key.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// health is how the one station of the organisation is.
func (o *organisation) health(t *testing.T) app.StationHealth {
	t.Helper()
	operator := app.WithCaller(context.Background(), app.Caller{Role: app.RoleAdmin, Origin: app.Origin{Network: "local"}})
	all, err := o.trial.Service.ListStations(operator)
	if err != nil || len(all) != 1 || all[0].Health == nil {
		t.Fatalf("%+v, %v", all, err)
	}
	return *all[0].Health
}

// TestAKioskReportsHowItIs: an enrolled kiosk tells the server of itself as soon as it is shown, and the server knows what people did there.
func TestAKioskReportsHowItIs(t *testing.T) {
	t.Parallel()
	o := newOrganisation(t)
	key := o.enrol(t, "Kiosk lobby")
	if h := o.health(t); !h.Reported.IsZero() {
		t.Fatalf("before it runs: %+v", h)
	}
	st := newStation(newScreen(t, 800, 600), o.address, "SSL_CERT_FILE="+o.certificate, "SSL_CERT_DIR=/nonexistent", "HOME="+t.TempDir(), stationKey+"="+key)
	st.until("a report", func() bool { return !o.health(t).Reported.IsZero() })
	got := o.health(t)
	if r := got.Report; r.Mode != app.ModeKiosk || r.Version != "dev" || r.System != runtime.GOOS || r.Width != 800 || r.Height != 600 || r.Scale == 0 || r.Keys != keysHere() || r.Since.After(got.Reported) {
		t.Errorf("it says %+v", r)
	}
	if got.Faults != nil || got.ClockAt.IsZero() || got.Use != (app.StationUse{}) {
		t.Errorf("it is %+v", got)
	}
	st.tap("kiosk.forgot")
	st.at("user_id")
	if use := o.health(t).Use; use != (app.StationUse{Begun: 1}) {
		t.Errorf("used: %+v", use)
	}
}
