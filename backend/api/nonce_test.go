package api

import (
	"strconv"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/signed"
)

// Threat: a station, or many, sends signed requests without end: the memory stays bounded, and nothing that could be replayed is
// forgotten for it.
func TestNoncesAreBoundedAndNoneIsForgotten(t *testing.T) {
	var n nonces
	now := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	take := func(station, i int, at time.Time) app.Code {
		return app.CodeOf(n.take(signed.Signature{Station: app.StationID(strconv.Itoa(station)), Nonce: strconv.Itoa(i)}, at))
	}
	for i := range mostStationNonces {
		if code := take(0, i, now); code != "" {
			t.Fatalf("nonce %d: %s", i, code)
		}
	}
	if code := take(0, mostStationNonces, now); code != app.CodeThrottled {
		t.Errorf("one station's beyond its share: %q", code)
	}
	if code := take(1, 0, now); code != "" {
		t.Errorf("another station's: %s", code)
	}
	for station := 1; len(n.newer) < mostNonces; station++ {
		for i := 1; i < mostStationNonces && len(n.newer) < mostNonces; i++ {
			take(station, i, now)
		}
	}
	if code := take(1000, 0, now); code != app.CodeBusy {
		t.Errorf("beyond all: %q", code)
	}
	again := func(at time.Time) {
		for _, i := range []int{0, 1, mostStationNonces - 1} {
			if code := take(0, i, at); code != app.CodeStationSignature {
				t.Errorf("replayed after %v: %q", at.Sub(now), code)
			}
		}
	}
	again(now)
	again(now.Add(nonceSpan - time.Second))
	if code := take(1000, 0, now.Add(nonceSpan)); code != "" {
		t.Errorf("when there is room again: %q", code)
	}
	again(now.Add(nonceSpan)) // the first instant in which such a signature is too old
	again(now.Add(-time.Hour))
	if code := take(0, 0, now.Add(2*nonceSpan)); code != "" {
		t.Errorf("long after its time: %q", code)
	}
	if len(n.newer)+len(n.older) > 2 {
		t.Errorf("%d nonces are kept", len(n.newer)+len(n.older))
	}
}
