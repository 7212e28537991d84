package limit

import (
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// Rate is a generic cell rate algorithm (ITU-T I.371): one event each Every on average, up to Burst at once. The zero value
// takes nothing.
type Rate struct {
	Every time.Duration
	Burst int
}

// never is when an event may come that no rate takes.
const never = 24 * time.Hour

// Take counts an event at now, or says when it may be tried again and counts nothing.
func (r Rate) Take(c port.Counter, now time.Time) (port.Counter, time.Time) {
	if r.Burst < 1 {
		return c, now.Add(never)
	}
	tat := c.TAT
	if tat.Before(now) || tat.After(now.Add(time.Duration(r.Burst)*r.Every+Skew)) { // the latter can't be: the clock was put back
		tat = now
	}
	if open := tat.Add(-time.Duration(r.Burst-1) * r.Every); now.Before(open) {
		return c, open
	}
	c.TAT = tat.Add(r.Every)
	c.Expiry = c.TAT
	return c, time.Time{}
}

// NetworkUse is something that a network address does, with its rate. An organisation's people may share one address; a
// prober may not go on for long. The zero value takes nothing.
type NetworkUse struct {
	name string
	rate Rate
}

// What one network address may do.
var (
	NetworkStart  = NetworkUse{"start", Rate{Every: time.Second, Burst: 120}}
	NetworkSignIn = NetworkUse{"sign_in", Rate{Every: 2 * time.Second, Burst: 60}}
	NetworkUserID = NetworkUse{"user_id", Rate{Every: 2 * time.Second, Burst: 60}}
	NetworkWork   = NetworkUse{"work", Rate{Every: 2 * time.Second, Burst: 60}}
	NetworkHelp   = NetworkUse{"help", Rate{Every: time.Minute, Burst: 10}}
)

// Counter is what the use is counted by.
func (u NetworkUse) Counter() Counter { return Counter{"network." + u.name} }

// Take counts a use, as Rate.Take does.
func (u NetworkUse) Take(c port.Counter, now time.Time) (port.Counter, time.Time) {
	return u.rate.Take(c, now)
}
