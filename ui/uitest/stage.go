// Package uitest opens the window for tests, in front of services and a clock that the test is in charge of, and looks at
// it as a person does.
package uitest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/tray"
)

// Noon is when the tests take place, on the window's clock; the server's is an hour behind, as clocks are.
var Noon = time.Date(2026, time.February, 3, 12, 0, 0, 0, time.FixedZone("UTC+1", 3600))

// ServerNoon is Noon on the server's clock.
func ServerNoon() time.Time { return Noon.Add(-time.Hour).UTC() }

// Stage is a Runner that stays where it is, with a clock that moves when it is told to, and the services behind it.
type Stage struct {
	T        *testing.T
	Now      time.Time
	Timers   []*Timer
	away     bool // work is under way, away from the UI
	Hold     bool // work waits for release
	Held     []func()
	Awaited  []func()
	told     chan func()    // by what Follow follows, for the UI
	Followed sync.WaitGroup // what it follows

	Org      app.Organisation
	OrgErr   error
	OrgAsked int // how often
	Session  app.Session
	Signed   bool
	OnStart  func(app.Start) (app.Flow, error)
	OnInput  func(app.Input) (app.Flow, error)
	Starts   []app.Start
	Sent     []Submission
	Cancels  []app.FlowID
	Closed   int
	Tray     []app.Message
	changed  chan struct{}
	Typed    []string // on the telephone
	Heard    error    // what the telephone answers
}

// Submission is an input that was sent.
type Submission struct {
	Rev int
	Key app.IdempotencyKey
	In  app.Input
}

// Timer is something that After put off.
type Timer struct {
	At      time.Time
	Do      func()
	Stopped bool
}

// NewStage is at noon, and all inputs fail.
func NewStage(t *testing.T) *Stage {
	down := func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeUnavailable} }
	return &Stage{T: t, Now: Noon, changed: make(chan struct{}), told: make(chan func(), 64), OnInput: down, Org: app.Organisation{
		Name: "Harbour Hospital", Reset: true, Gates: 2, Needed: 2,
		HelpDesk: app.HelpDesk{Name: "IT help desk", Phone: "ext. 4400", Hours: "7:00 to 19:00"},
	}}
}

// Run implements shell.Runner.
func (s *Stage) Run(work func() func()) {
	do := func() {
		s.away = true
		then := work()
		s.away = false
		if then != nil {
			then()
		}
	}
	if s.Hold {
		s.Held = append(s.Held, do)
		return
	}
	do()
}

// After implements shell.Runner.
func (s *Stage) After(d time.Duration, f func()) func() {
	t := &Timer{At: s.Now.Add(d), Do: f}
	s.Timers = append(s.Timers, t)
	return func() { t.Stopped = true }
}

// Await implements shell.Runner.
func (s *Stage) Await(_ context.Context, _ <-chan struct{}, f func()) {
	s.Awaited = append(s.Awaited, f)
}

// Follow works beside the test, which stands for the UI: see until.
func (s *Stage) Follow(work func(tell func(f func()))) {
	s.Followed.Go(func() { work(func(f func()) { s.told <- f }) })
}

// Until does what was told on the UI, until cond holds.
func (s *Stage) Until(what string, cond func() bool) {
	s.T.Helper()
	late := time.After(10 * time.Second)
	for !cond() {
		select {
		case f := <-s.told:
			f()
		case <-late:
			s.T.Fatalf("it did not happen that %s", what)
		}
	}
}

// Hear does what was told on the UI, until something comes from a channel.
func Hear[T any](s *Stage, what string, from <-chan T) T {
	s.T.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case f := <-s.told:
			f()
		case got := <-from:
			return got
		case <-late:
			s.T.Fatalf("it did not happen that %s", what)
		}
	}
}

// Release lets the held work come to its end.
func (s *Stage) Release() {
	held := s.Held
	s.Held, s.Hold = nil, false
	for _, do := range held {
		do()
	}
}

// Pass lets time pass, timer by timer.
func (s *Stage) Pass(d time.Duration) {
	end := s.Now.Add(d)
	for {
		var next *Timer
		for _, t := range s.Timers {
			if !t.Stopped && !t.At.After(end) && (next == nil || t.At.Before(next.At)) {
				next = t
			}
		}
		if next == nil {
			break
		}
		s.Now, next.Stopped = next.At, true
		next.Do()
	}
	s.Timers = slices.DeleteFunc(s.Timers, func(t *Timer) bool { return t.Stopped })
	s.Now = end
}

// Services are the stage itself.
func (s *Stage) Services() app.Services {
	return app.Services{Front: s, Flows: s, Sessions: s}
}

// OpenWindow opens the window on the stage.
func (s *Stage) OpenWindow(change ...func(*ui.Options)) *shell.Window {
	s.T.Helper()
	a := test.NewTempApp(s.T)
	o := ui.Options{Services: s.Services(), Run: s, Clock: func() time.Time { return s.Now }, QR: checkers}
	for _, f := range change {
		f(&o)
	}
	w := ui.New(a, test.NewTempWindow(s.T, nil), o)
	w.Window().Resize(fyne.NewSize(1024, 700))
	return w
}

// At opens the window with a flow that stands at a step.
func (s *Stage) At(f app.Flow, change ...func(*ui.Options)) *shell.Window {
	s.T.Helper()
	s.OnStart = func(app.Start) (app.Flow, error) { return f, nil }
	w := s.OpenWindow(change...)
	w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset})
	return w
}

// checkers is a picture in place of a QR code.
func checkers(string) ([][]bool, error) {
	rows := make([][]bool, 25)
	for y := range rows {
		rows[y] = make([]bool, 25)
		for x := range rows[y] {
			rows[y][x] = (x+y)%2 == 0
		}
	}
	return rows, nil
}

// FlowAt stands at a step, on the server's clock.
func FlowAt(rev int, step app.Step) app.Flow {
	return app.Flow{ID: "f1", Purpose: app.PurposeReset, Rev: rev, At: ServerNoon(), Expires: ServerNoon().Add(15 * time.Minute),
		Now: step, Support: "H7K2-9QWD", Places: []app.Place{
			{ID: app.PlaceWho, State: app.PlaceDone}, {ID: app.PlaceProve, State: app.PlaceNow},
			{ID: app.PlaceProveAgain, State: app.PlaceTodo}, {ID: app.PlaceNewPassword, State: app.PlaceTodo},
		}}
}

// Trial has three sample people, and the stage for a tray.
func (s *Stage) Trial() *tray.Trial {
	return &tray.Trial{Tray: s, People: []tray.Sample{
		{State: "ready", UserID: "ana@harbour.example", Name: "Ana Ruiz", Password: "copper lantern quietly"},
		{State: "registered", UserID: "ben@harbour.example", Name: "Ben Okoro", Password: "seven quiet boats",
			App: func(t time.Time) string { return t.Format("150405") }},
		{State: "never", UserID: "new@harbour.example", Name: "Noor Haddad"},
	}}
}
