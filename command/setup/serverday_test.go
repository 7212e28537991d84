//go:build linux

package setup

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/sqlite"
)

const (
	eachHour  = 20        // of everything that people do
	warm      = 3         // hours after which nothing grows in memory any more
	settled   = 14        // hours after which the tables are as large as they get: sessions last for 12
	slackHeap = 160 << 10 // bytes, a tenth of a KiB for each conversation of the day
)

// slack is how many descriptors and goroutines more there may be in the last hour. What is left once for each of the conversations
// of an hour outgrows it twenty times.
const slack = 10

// TestADayLeavesNothingBehind: in every hour of a day people reset, sign in, mistype, give up and go away, the certificate is
// renewed, the policy is looked at, and what is over is swept. Memory, goroutines and descriptors are after the last hour what
// they were after the third, and no table but the audit trail's has grown since everything in it has had its time; links of notices have a week.
func TestADayLeavesNothingBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("a day of 24 hours takes its time")
	}
	h := emptyHouse(t, proxied)
	people := settlers(t, h.dir, 6*eachHour, quickHasher(), firstPassword, func(int) bool { return true })
	clock, post := &dayClock{}, &letterbox{}
	clock.now.Store(time.Now().Unix())
	h.clock, h.deliverer, h.err = clock, post, io.Discard
	h.start(quickHasher())
	d := &day{t: t, house: h, clock: clock, post: post, people: people, passwords: map[string]string{}}
	var early, late remains
	var tables map[string]int
	for hour := range 24 {
		d.hour(hour)
		switch now := d.remains(); {
		case hour < warm:
			early = early.most(now)
		case hour >= 24-warm:
			late = late.most(now)
		}
		if hour == settled {
			tables = d.tables()
		}
	}
	if late.files > early.files+slack || late.goroutines > early.goroutines+slack {
		t.Errorf("descriptors %d, then %d; goroutines %d, then %d", early.files, late.files, early.goroutines, late.goroutines)
	}
	if late.heap > early.heap+slackHeap {
		t.Errorf("the heap took %d KiB, then %d", early.heap>>10, late.heap>>10)
	}
	t.Logf("descriptors %d, %d; goroutines %d, %d; heap %d KiB, %d", early.files, late.files, early.goroutines, late.goroutines, early.heap>>10, late.heap>>10)
	for name, rows := range d.tables() {
		if name != "audit" && name != "objection" && rows > tables[name]+eachHour {
			t.Errorf("table %s had %d rows, then %d", name, tables[name], rows)
		}
	}
	if tables["flow"] == 0 || tables["session"] == 0 || tables["counters"] == 0 || tables["audit"] == 0 {
		t.Errorf("the day left no trace: %v", tables)
	}
	clock.now.Add(int64((app.ObjectionLife + 2*time.Hour) / time.Second)) // links of notices live for a week
	if err := h.server.service.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := d.tables()["objection"]; n != 0 {
		t.Errorf("%d links are kept beyond their time", n)
	}
	h.end()
}

// dayClock is moved by the test.
type dayClock struct{ now atomic.Int64 }

func (c *dayClock) Now() time.Time { return time.Unix(c.now.Load(), 0) }

// letterbox keeps the code that was sent last to each address. A message that comes again, since the clock went on past its lease while
// it was being recorded, is none.
type letterbox struct {
	mu    sync.Mutex
	boxes map[string]chan string
	last  map[string]string // by address: the ID of the message that came last
}

func (p *letterbox) box(to string) chan string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.boxes == nil {
		p.boxes = map[string]chan string{}
	}
	if p.boxes[to] == nil {
		p.boxes[to] = make(chan string, 1)
	}
	return p.boxes[to]
}

// Deliver implements port.Deliverer.
func (p *letterbox) Deliver(_ context.Context, m app.Message) error {
	if m.Code != "" && p.isNew(m) {
		p.box(m.To) <- m.Code
	}
	return nil
}

func (p *letterbox) isNew(m app.Message) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		p.last = map[string]string{}
	}
	before := p.last[m.To]
	p.last[m.To] = m.ID
	return before != m.ID
}

func (p *letterbox) code(to string) string { return <-p.box(to) }

// day is what people do.
type day struct {
	*house
	t         *testing.T
	clock     *dayClock
	post      *letterbox
	people    []settler
	passwords map[string]string
	clients   int
	serial    string // of the certificate that was served last
}

// visit has a person do something at one of the house's computers, which are as many as an hour has visits: what is counted by
// network address has been seen after the first.
func (d *day) visit(i int, do func(*citizen) error) error {
	d.clients++
	c, done := clientOf(d.trusted, func() string { return d.public }, d.clients%(visits*eachHour), d.clock)
	defer done()
	return do(&citizen{
		settler: &d.people[i%len(d.people)], client: c, now: d.clock.Now, code: d.post.code,
		insist: func(f func() error) error { return f() },
	})
}

const visits = 4 // of each person in an hour

// hour is one of the day.
func (d *day) hour(hour int) {
	d.t.Helper()
	d.renew()
	for i := range eachHour {
		for _, do := range [visits]func(*citizen) error{d.resets, d.signsIn, d.leaves, d.mistypes} {
			if err := d.visit(hour*eachHour+i, do); err != nil {
				d.t.Fatalf("hour %d: %v", hour, err)
			}
			d.clock.now.Add(nextCode)
		}
	}
	const sweeps = 6
	for range sweeps {
		d.clock.now.Add((3600 - nextCode*visits*eachHour) / sweeps)
		if err := d.server.service.Sweep(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
	}
	if err := d.server.service.Reload(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// nextCode is after how many seconds an authenticator app shows another code.
const nextCode = 31

// renew renews the certificate, which the next handshake shows.
func (d *day) renew() {
	d.t.Helper()
	d.trusted.AppendCertsFromPEM(certify(d.t, d.dir, "reset.example.org", time.Now().Add(time.Hour)))
	c, err := tls.Dial("tcp", d.public, &tls.Config{RootCAs: d.trusted, ServerName: "reset.example.org"})
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	serial := c.ConnectionState().PeerCertificates[0].SerialNumber.String()
	if serial == d.serial {
		d.t.Error("the renewed certificate is not served")
	}
	d.serial = serial
}

func (d *day) resets(p *citizen) error {
	password := fmt.Sprintf("seven herons cross the harbour %d", d.clients)
	d.passwords[p.UserID] = password
	return p.reset(password)
}

// signsIn opens a session, which is left for its end.
func (d *day) signsIn(p *citizen) error { return p.signIn(d.passwords[p.UserID]) }

// leaves goes away before the first gate or, every other time, before the second.
func (d *day) leaves(p *citizen) error {
	err := p.begin()
	if err == nil && d.clients%8 < 4 {
		if err = p.give(p.shown()); err == nil {
			p.mailed()
		}
	}
	return err
}

// mistypes types a wrong password, and a wrong code.
func (d *day) mistypes(p *citizen) error {
	if err := p.signIn("not this one"); app.CodeOf(err) != app.CodeSignIn {
		return fmt.Errorf("a wrong password: %w", err)
	}
	if err := p.begin(); err != nil {
		return err
	}
	if err := p.give(app.GiveCode{Digits: app.NewSecret("000000")}); app.CodeOf(err) != app.CodeWrongCode {
		return fmt.Errorf("a wrong code: %w", err)
	}
	return p.client.Cancel(d.t.Context(), p.flow.ID)
}

// remains are what the process has at rest.
type remains struct {
	files, goroutines int
	heap              uint64
}

func (r remains) most(o remains) remains {
	return remains{max(r.files, o.files), max(r.goroutines, o.goroutines), max(r.heap, o.heap)}
}

// remains looks once every connection is closed.
func (d *day) remains() remains {
	d.t.Helper()
	for !strings.Contains(d.figures(), "\nsparekey_connections 0\n") {
	}
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		d.t.Fatal(err)
	}
	runtime.GC()
	runtime.GC() // what finalizers held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return remains{len(files), runtime.NumGoroutine(), m.HeapAlloc}
}

// tables counts the rows of each.
func (d *day) tables() map[string]int {
	d.t.Helper()
	conn, err := sqlite.Connect(filepath.Join(d.dir, "data", "sparekey.db"), sqlite.ReadOnly)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	name := func(s sqlite.Scanner) (name string, err error) { return name, s.Scan(&name) }
	names, err := sqlite.List(conn, name, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
	if err != nil {
		d.t.Fatal(err)
	}
	rows := map[string]int{}
	for _, name := range names {
		n := 0
		if err := conn.Row("SELECT count(*) FROM " + name).Scan(&n); err != nil {
			d.t.Fatal(err)
		}
		rows[name] = n
	}
	return rows
}
