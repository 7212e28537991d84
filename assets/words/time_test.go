package words

import (
	"testing"
	"time"
)

func TestTimesAreSaidAsPeopleSayThem(t *testing.T) {
	midday := time.Date(2026, time.February, 3, 12, 0, 0, 0, time.FixedZone("UTC+1", 3600))
	cases := []struct {
		later time.Duration
		want  string
	}{
		{500 * time.Millisecond, "in 1 s"},
		{22 * time.Second, "in 22 s"},
		{time.Minute, "in 60 s"},
		{61 * time.Second, "in 2 minutes"},
		{4 * time.Minute, "in 4 minutes"},
		{time.Hour, "in 60 minutes"},
		{3 * time.Hour, "at 15:00"},
		{21*time.Hour + 10*time.Minute, "tomorrow at 9:10"},
		{72 * time.Hour, "on 6 Feb at 12:00"},
	}
	for _, c := range cases {
		if got := Until(midday, midday.Add(c.later)); got != c.want {
			t.Errorf("%v from now is said %q, want %q", c.later, got, c.want)
		}
	}
	for d, want := range map[time.Duration]string{
		time.Second: "1 minute", 5 * time.Minute: "5 minutes", 59*time.Minute + time.Second: "60 minutes", time.Hour: "1 hour",
		61 * time.Minute: "2 hours", 48 * time.Hour: "48 hours", 49 * time.Hour: "3 days",
	} {
		if got := UpTo(d); got != want {
			t.Errorf("up to %v is said %q, want %q", d, got, want)
		}
	}
	for left, want := range map[time.Duration]string{277 * time.Second: "4:37", 5 * time.Minute: "5:00", 100 * time.Millisecond: "0:01", -1: "0:00"} {
		if got := Countdown(left); got != want {
			t.Errorf("%v counts down as %q, want %q", left, got, want)
		}
	}
}
