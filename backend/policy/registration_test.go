package policy

import (
	"testing"
	"time"
)

func TestDaysAreDurations(t *testing.T) {
	for written, want := range map[string]time.Duration{"180d": 4320 * time.Hour, "0d": 0, "4320h": 4320 * time.Hour, "1h30m": 90 * time.Minute} {
		if got, err := readDuration(written); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", written, got, err, want)
		}
	}
	for _, written := range []string{"d", "-1d", "1.5d", "1d12h", "180 d", "99999d", ""} {
		if got, err := readDuration(written); err == nil {
			t.Errorf("%q is %v", written, got)
		}
	}
}
