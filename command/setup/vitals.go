package setup

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
)

// Vitals are what a station notices of itself while it runs: when the server answered last, how often it was away, what went wrong, and how
// many conversations were left behind. They know of no person. They are this process's; make them with NewVitals.
type Vitals struct {
	now func() time.Time

	mu        sync.Mutex
	since     time.Time
	answered  time.Time // the server, last
	gone      bool      // it is away
	away      lately
	wiped     lately
	trouble   app.Code
	troubleAt time.Time
	reported  time.Time // the last report that was taken
}

// NewVitals begins to notice.
func NewVitals(now func() time.Time) *Vitals { return &Vitals{now: now, since: now()} }

// lately are the times of what happened in the last app.StationUseDay.
type lately []time.Time

func (l *lately) add(now time.Time) { *l = append(l.of(now), now) }

// of leaves out what happened before, and what is to happen yet: the clock was put back.
func (l *lately) of(now time.Time) lately {
	*l = slices.DeleteFunc(*l, func(at time.Time) bool { return now.Sub(at) >= app.StationUseDay || at.After(now) })
	return *l
}

// Wiped notes that a conversation was taken away since nobody was there any more.
func (v *Vitals) Wiped() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.wiped.add(v.now())
}

// Reported notes what came of a report.
func (v *Vitals) Reported(err error) {
	v.heard(err)
	if err == nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.reported = v.now()
	}
}

// Answered is when the server answered last; zero for never.
func (v *Vitals) Answered() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.answered
}

// LastReport is when the server took a report last; zero for never.
func (v *Vitals) LastReport() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.reported
}

// Fill puts into a report what was noticed.
func (v *Vitals) Fill(r app.StationReport) app.StationReport {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.now()
	r.Since, r.Trouble, r.TroubleAt, r.Wiped, r.Away = v.since, v.trouble, v.troubleAt, len(v.wiped.of(now)), len(v.away.of(now))
	return r
}

// heard takes what came of asking the server.
func (v *Vitals) heard(err error) {
	code := app.CodeOf(err)
	if e, is := err.(*app.Error); is && code == app.CodeOffline && e.Params["reason"] == "cancelled" {
		return
	}
	v.note(code)
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.now()
	if code != app.CodeOffline {
		v.answered, v.gone = now, false
		return
	}
	if !v.gone {
		v.away.add(now)
	}
	v.gone = true
}

// note remembers a trouble of the station's own.
func (v *Vitals) note(code app.Code) {
	if !slices.Contains(app.StationTroubles, code) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.trouble, v.troubleAt = code, v.now()
}

// Services are services by which is noticed how the server answers.
func (v *Vitals) Services(s app.Services) app.Services {
	s.Front, s.Flows = heardFront{s.Front, v}, heardFlows{s.Flows, v}
	return s
}

type heardFront struct {
	app.Front
	v *Vitals
}

// Organisation implements app.Front.
func (f heardFront) Organisation(ctx context.Context) (app.Organisation, error) {
	org, err := f.Front.Organisation(ctx)
	f.v.heard(err)
	return org, err
}

type heardFlows struct {
	app.Flows
	v *Vitals
}

// Start implements app.Flows.
func (f heardFlows) Start(ctx context.Context, s app.Start) (app.Flow, error) {
	flow, err := f.Flows.Start(ctx, s)
	f.v.heard(err)
	return flow, err
}

// Submit implements app.Flows.
func (f heardFlows) Submit(ctx context.Context, id app.FlowID, rev int, key app.IdempotencyKey, in app.Input) (app.Flow, error) {
	flow, err := f.Flows.Submit(ctx, id, rev, key, in)
	f.v.heard(err)
	return flow, err
}

// Keys is a driver by which is noticed what keeps security keys from being used here.
func (v *Vitals) Keys(d app.KeyDriver) app.KeyDriver { return heardKeys{d, v} }

type heardKeys struct {
	app.KeyDriver
	v *Vitals
}

// Watch implements app.KeyDriver.
func (k heardKeys) Watch(ctx context.Context) <-chan []app.KeyInfo {
	from, told := k.KeyDriver.Watch(ctx), make(chan []app.KeyInfo)
	go func() {
		defer close(told)
		var newest []app.KeyInfo
		var to chan []app.KeyInfo // nil while there is nothing new
		for {
			select {
			case keys, more := <-from:
				if !more {
					return
				}
				newest, to = keys, told
				for _, key := range keys {
					if key.Trouble != nil {
						k.v.note(key.Trouble.Code)
					}
				}
			case to <- newest:
				to = nil
			}
		}
	}()
	return told
}

// Run implements app.KeyDriver.
func (k heardKeys) Run(ctx context.Context, use app.UseKey, talk app.KeyTalk) (app.KeyAnswer, error) {
	answer, err := k.KeyDriver.Run(ctx, use, talk)
	k.v.note(app.CodeOf(err))
	return answer, err
}
