package doctor

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/assets/words"
)

// lately is how long it is told that a clock went back.
const lately = 7 * 24 * time.Hour

// checkTrial holds this computer's clock against the newest time that the trial knows.
func (d Doctor) checkTrial(ctx context.Context) Finding {
	f := Finding{Check: "trial", Health: Healthy, What: words.Text("doctor.trial.good")}
	now := d.now()
	h, found, err := d.trial(ctx, now)
	switch {
	case err != nil:
		f.Health, f.Do = Attention, words.Text("doctor.trial.unread.do")
		f.What = words.Text("doctor.trial.unread", words.Values{"why": err})
	case !found:
		f.Health, f.What = NotChecked, words.Text("doctor.trial.none")
	case h.Behind > 0:
		f.Health, f.Do = Problem, words.Text("doctor.clock.do")
		f.What = words.Text("doctor.trial.behind", words.Values{"time": h.Behind.Round(time.Second)})
	case !h.WentBack.IsZero() && now.Sub(h.WentBack).Abs() < lately:
		f.Health, f.Do = Attention, words.Text("doctor.clock.do")
		f.What = words.Text("doctor.trial.went_back", words.Values{"time": h.By.Round(time.Second), "date": h.WentBack.Format(time.DateOnly)})
	}
	return f
}
