package command

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// TestAnIDNamesItsToken, whatever another is called: whoever takes an ID for a name keeps nothing from being revoked.
func TestAnIDNamesItsToken(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	all := []app.Token{
		{ID: "decoy", Name: "bad", Ends: now.Add(time.Hour)},
		{ID: "bad", Name: "nightly", Ends: now.Add(time.Hour)},
		{ID: "over", Name: "weekly", Ends: now.Add(-time.Hour)},
		{ID: "next", Name: "Weekly", Ends: now.Add(time.Hour)},
	}
	for called, want := range map[string]app.TokenID{"bad": "bad", "decoy": "decoy", "NIGHTLY": "bad", "weekly": "next", "over": "over", "none": "none"} {
		if got := tokenNamed(all, called, now); got != want {
			t.Errorf("%s means %s, not %s", called, got, want)
		}
	}
}

func TestAnIDNamesItsStation(t *testing.T) {
	all := []app.Station{{ID: "decoy", Name: "bad"}, {ID: "bad", Name: "Ward 3"}}
	for called, want := range map[string]app.StationID{"bad": "bad", "ward 3": "bad", "decoy": "decoy", "none": "none"} {
		if got := stationNamed(all, called); got != want {
			t.Errorf("%s means %s, not %s", called, got, want)
		}
	}
}
