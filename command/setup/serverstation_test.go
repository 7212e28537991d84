package setup

import (
	"crypto/ed25519"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/signed"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/client"
)

// An operator invites a station beside the server that is at work; it enrols over TLS, and what it signs is taken until it is
// paused, over a restart too.
func TestAStationEnrolsAtTheServerAtWork(t *testing.T) {
	h := newHouse(t, goodServer)
	secretive := trial.Policy()
	secretive.Feature.Disclosure, secretive.Feature.ProofOfWork = policy.Private, policy.WorkUntrusted
	write(t, filepath.Join(h.dir, "policy.toml"), string(policy.Effective(secretive)))
	h.start(quickHasher())
	admin, end, err := Admin(t.Context(), Target{Server: filepath.Join(h.dir, "server.toml"), Write: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := end(); err != nil {
			t.Error(err)
		}
	})
	invited, err := admin.Stations.InviteStation(t.Context(), "Kiosk lobby", "jo")
	if err != nil {
		t.Fatal(err)
	}
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	c := h.client()
	station, err := c.EnrolStation(t.Context(), invited.Code, private)
	if err != nil || station.Name != "Kiosk lobby" {
		t.Fatalf("%+v, %v", station, err)
	}
	if _, err := c.OwnStation(t.Context()); app.CodeOf(err) != app.CodeNoStation {
		t.Errorf("without a signature: %v", err)
	}
	kiosk := h.client()
	kiosk.Key = &signed.Key{Station: station.ID, Private: private}
	key := func() app.IdempotencyKey { return app.IdempotencyKey(rand.Text()) }
	flowOf := func(kiosk *client.Client) (app.Flow, error) {
		f, err := kiosk.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: key()})
		if err != nil {
			return f, err
		}
		return kiosk.Submit(t.Context(), f.ID, f.Rev, key(), app.GiveUserID{UserID: "nobody@harbour.example"})
	}
	if f, err := flowOf(c); err != nil {
		t.Error(err)
	} else if _, works := f.Now.(app.ProveWork); !works {
		t.Errorf("elsewhere: %T", f.Now)
	}
	told := func(what string) {
		t.Helper()
		f, err := flowOf(kiosk)
		if blocked, is := f.Now.(app.Blocked); err != nil || !is || blocked.Code != app.CodeUnknown {
			t.Errorf("%s: %T, %v", what, f.Now, err)
		}
	}
	told("a station is told why, and works for nothing")
	h.end()
	h.start(quickHasher())
	kiosk.Transport = h.client().Transport
	told("after a restart")
	if _, err := admin.Stations.ChangeStation(t.Context(), app.ChangeStation{ID: station.ID, What: app.StationPause, By: "jo"}); err != nil {
		t.Fatal(err)
	}
	if _, err := flowOf(kiosk); app.CodeOf(err) != app.CodeStationPaused {
		t.Errorf("paused: %v", err)
	}
	all, err := admin.Stations.ListStations(t.Context())
	if err != nil || len(all) != 1 || all[0].Used.IsZero() || all[0].Paused.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	if report, err := admin.Trail.VerifyTrail(t.Context()); err != nil || report.Fault != nil {
		t.Errorf("the trail: %+v, %v", report, err)
	}
}

func TestAServerThatNeverRanHasNothingToAdminister(t *testing.T) {
	h := emptyHouse(t, goodServer)
	if _, _, err := Admin(t.Context(), Target{Server: filepath.Join(h.dir, "server.toml")}); err == nil || !strings.Contains(err.Error(), "never run") {
		t.Errorf("%v", err)
	}
	if _, _, err := Admin(t.Context(), Target{Server: filepath.Join(h.dir, "none.toml")}); err == nil {
		t.Error("settings that are not there are administered")
	}
}
