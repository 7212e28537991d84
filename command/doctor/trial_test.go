package doctor

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sparekey/sparekey/command/setup"
)

func TestDoctorOnATrialsClock(t *testing.T) {
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		health setup.Health
		none   bool
		err    error
		want   Health
		what   string
	}{
		"no trial":       {none: true, want: NotChecked, what: "none here"},
		"unreadable":     {err: errors.New("it is torn"), want: Attention, what: "it is torn"},
		"good":           {want: Healthy, what: "goes on"},
		"behind":         {health: setup.Health{Behind: 3 * time.Hour}, want: Problem, what: "3h0m0s behind"},
		"back yesterday": {health: setup.Health{WentBack: now.Add(-24 * time.Hour), By: time.Hour}, want: Attention, what: "back by 1h0m0s on 2027-02-28"},
		"back long ago":  {health: setup.Health{WentBack: now.Add(-30 * 24 * time.Hour), By: time.Hour}, want: Healthy, what: "goes on"},
	} {
		d := Doctor{now: func() time.Time { return now }, trial: func(_ context.Context, at time.Time) (setup.Health, bool, error) {
			if !at.Equal(now) {
				t.Errorf("looked at %v", at)
			}
			return c.health, !c.none, c.err
		}}
		d.checkTrial(t.Context()).is(t, name, c.want, c.what)
	}
}
