package ui

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// noon is when the tests take place, on the window's clock; the server's is an hour behind, as clocks are.
var noon = time.Date(2026, time.February, 3, 12, 0, 0, 0, time.FixedZone("UTC+1", 3600))

func serverNoon() time.Time { return noon.Add(-time.Hour).UTC() }

// stage is a Runner that stays where it is, with a clock that moves when it is told to, and the services behind it.
type stage struct {
	t      *testing.T
	now    time.Time
	timers []*timer
	away   bool // work is under way, away from the UI
	hold   bool // work waits for release
	held   []func()
	await  []func()
	told   chan func()    // by what Follow follows, for the UI
	follow sync.WaitGroup // what it follows

	org     app.Organisation
	orgErr  error
	session app.Session
	signed  bool
	start   func(app.Start) (app.Flow, error)
	answer  func(app.Input) (app.Flow, error)
	starts  []app.Start
	sent    []sent
	cancels []app.FlowID
	closed  int
	tray    []app.Message
	changed chan struct{}
	typed   []string // on the telephone
	heard   error    // what the telephone answers
}

type sent struct {
	rev int
	key app.IdempotencyKey
	in  app.Input
}

type timer struct {
	at      time.Time
	f       func()
	stopped bool
}

func newStage(t *testing.T) *stage {
	down := func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeUnavailable} }
	return &stage{t: t, now: noon, changed: make(chan struct{}), told: make(chan func(), 64), answer: down, org: app.Organisation{
		Name: "Harbour Hospital", Reset: true, Gates: 2, Needed: 2,
		HelpDesk: app.HelpDesk{Name: "IT help desk", Phone: "ext. 4400", Hours: "7:00 to 19:00"},
	}}
}

func (s *stage) Run(work func() func()) {
	do := func() {
		s.away = true
		then := work()
		s.away = false
		if then != nil {
			then()
		}
	}
	if s.hold {
		s.held = append(s.held, do)
		return
	}
	do()
}

func (s *stage) After(d time.Duration, f func()) func() {
	t := &timer{at: s.now.Add(d), f: f}
	s.timers = append(s.timers, t)
	return func() { t.stopped = true }
}

func (s *stage) Await(_ context.Context, _ <-chan struct{}, f func()) { s.await = append(s.await, f) }

// Follow works beside the test, which stands for the UI: see until.
func (s *stage) Follow(work func(tell func(f func()))) {
	s.follow.Go(func() { work(func(f func()) { s.told <- f }) })
}

// until does what was told on the UI, until cond holds.
func (s *stage) until(what string, cond func() bool) {
	s.t.Helper()
	late := time.After(10 * time.Second)
	for !cond() {
		select {
		case f := <-s.told:
			f()
		case <-late:
			s.t.Fatalf("it did not happen that %s", what)
		}
	}
}

// hear does what was told on the UI, until something comes from a channel.
func hear[T any](s *stage, what string, from <-chan T) T {
	s.t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case f := <-s.told:
			f()
		case got := <-from:
			return got
		case <-late:
			s.t.Fatalf("it did not happen that %s", what)
		}
	}
}

// release lets the held work come to its end.
func (s *stage) release() {
	held := s.held
	s.held, s.hold = nil, false
	for _, do := range held {
		do()
	}
}

// pass lets time pass, timer by timer.
func (s *stage) pass(d time.Duration) {
	end := s.now.Add(d)
	for {
		var next *timer
		for _, t := range s.timers {
			if !t.stopped && !t.at.After(end) && (next == nil || t.at.Before(next.at)) {
				next = t
			}
		}
		if next == nil {
			break
		}
		s.now, next.stopped = next.at, true
		next.f()
	}
	s.timers = slices.DeleteFunc(s.timers, func(t *timer) bool { return t.stopped })
	s.now = end
}

// guard fails the test when a service is called on the UI thread.
func (s *stage) guard(call string) {
	s.t.Helper()
	if !s.away {
		s.t.Errorf("%s was called on the UI thread", call)
	}
}

func (s *stage) Organisation(context.Context) (app.Organisation, error) {
	s.guard("Organisation")
	return s.org, s.orgErr
}

func (s *stage) Start(_ context.Context, start app.Start) (app.Flow, error) {
	s.guard("Start")
	s.starts = append(s.starts, start)
	return s.start(start)
}

func (s *stage) Get(context.Context, app.FlowID) (app.Flow, error) {
	s.guard("Get")
	return s.answer(nil)
}

func (s *stage) Submit(_ context.Context, _ app.FlowID, rev int, key app.IdempotencyKey, in app.Input) (app.Flow, error) {
	s.guard("Submit")
	s.sent = append(s.sent, sent{rev, key, in})
	return s.answer(in)
}

func (s *stage) Cancel(_ context.Context, id app.FlowID) error {
	s.guard("Cancel")
	s.cancels = append(s.cancels, id)
	return nil
}

func (s *stage) Open(context.Context, app.FlowID) (app.Session, error) {
	s.guard("Open")
	s.signed = true
	return s.session, nil
}

func (s *stage) Current(context.Context) (app.Session, error) {
	s.guard("Current")
	if !s.signed {
		return app.Session{}, &app.Error{Code: app.CodeSignedOut}
	}
	return s.session, nil
}

func (s *stage) Close(context.Context) error {
	s.guard("Close")
	s.closed++
	s.signed = false
	return nil
}

func (s *stage) Messages() []app.Message {
	s.guard("Messages")
	return s.tray
}

func (s *stage) Changed() <-chan struct{} { return s.changed }

func (s *stage) Type(_ context.Context, call string, digits app.Secret) error {
	s.guard("Type")
	s.typed = append(s.typed, call+" "+digits.Reveal())
	return s.heard
}

func (s *stage) services() app.Services {
	return app.Services{Front: s, Flows: s, Sessions: s}
}

// open opens the window on the stage.
func (s *stage) open(change ...func(*Options)) *Window {
	s.t.Helper()
	a := test.NewTempApp(s.t)
	o := Options{Services: s.services(), Run: s, Clock: func() time.Time { return s.now }, QR: checkers}
	for _, f := range change {
		f(&o)
	}
	w := New(a, test.NewTempWindow(s.t, nil), o)
	w.Window().Resize(fyne.NewSize(1024, 700))
	return w
}

// at opens the window with a flow that stands at a step.
func (s *stage) at(f app.Flow) *Window {
	s.t.Helper()
	s.start = func(app.Start) (app.Flow, error) { return f, nil }
	w := s.open()
	w.Go(Route{Place: PlaceFlow, Purpose: app.PurposeReset})
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

// flow stands at a step, on the server's clock.
func flowAt(rev int, step app.Step) app.Flow {
	return app.Flow{ID: "f1", Purpose: app.PurposeReset, Rev: rev, At: serverNoon(), Expires: serverNoon().Add(15 * time.Minute),
		Now: step, Support: "H7K2-9QWD", Places: []app.Place{
			{ID: app.PlaceWho, State: app.PlaceDone}, {ID: app.PlaceProve, State: app.PlaceNow},
			{ID: app.PlaceProveAgain, State: app.PlaceTodo}, {ID: app.PlaceNewPassword, State: app.PlaceTodo},
		}}
}

// tap taps the element with a key.
func tap(t *testing.T, w *Window, key string) {
	t.Helper()
	o, ok := kit.Find(w.Root(), key).(fyne.Tappable)
	if !ok {
		t.Fatalf("there is nothing to tap called %q on page %q", key, w.Page())
	}
	o.Tapped(&fyne.PointEvent{})
}

// field gives the field with a key.
func field(t *testing.T, w *Window, key string) *kit.Field {
	t.Helper()
	f, ok := kit.Find(w.Root(), key).(*kit.Field)
	if !ok {
		t.Fatalf("there is no field called %q on page %q", key, w.Page())
	}
	return f
}

// cells gives the code's cells.
func cells(t *testing.T, w *Window) *kit.CodeCells {
	t.Helper()
	c, ok := kit.Find(w.Root(), "code.cells").(*kit.CodeCells)
	if !ok {
		t.Fatalf("there are no cells on page %q", w.Page())
	}
	return c
}

// says reports whether a text is to be seen.
func says(w *Window, words string) bool {
	return slices.Contains(kit.Texts(w.Root()), words)
}

func mustSay(t *testing.T, w *Window, words string) {
	t.Helper()
	if !says(w, words) {
		t.Errorf("page %q doesn't say %q; it says:\n%s", w.Page(), words, fmt.Sprintf("%q", kit.Texts(w.Root())))
	}
}

func mustNotSay(t *testing.T, w *Window, words string) {
	t.Helper()
	if says(w, words) {
		t.Errorf("page %q says %q", w.Page(), words)
	}
}

func mustBeAt(t *testing.T, w *Window, page string) {
	t.Helper()
	if w.Page() != page {
		t.Fatalf("at page %q, want %q; it says %q", w.Page(), page, kit.Texts(w.Root()))
	}
}
