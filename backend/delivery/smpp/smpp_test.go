package smpp

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/smpp/smpptest"
	"github.com/sparekey/sparekey/backend/port"
)

// What must not be told.
const (
	ana    = "+4915112345678"
	canary = "731904"
	keeper = "keeper7"
)

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func secretOf(password string) func() (app.Secret, error) {
	return func() (app.Secret, error) { return app.NewSecret(password), nil }
}

func wordsIn(_ context.Context, m app.Message) (string, error) { return m.Params["words"], nil }

// newCentre makes a centre that leads to a peer, whose texts are what Params["words"] says.
func newCentre(t testing.TB, p *smpptest.Peer, change func(*Config)) *Centre {
	t.Helper()
	c := Config{
		Server: p.URL, Roots: p.Roots, User: "sparekey", From: "Sparekey", Clock: realClock{},
		Secret: secretOf(keeper), Texts: wordsIn,
		Retry: func(int) time.Duration { return time.Millisecond },
	}
	if change != nil {
		change(&c)
	}
	made, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := made.Close(); err != nil {
			t.Error(err)
		}
	})
	return made
}

// inPipe is a peer in a test's own time.
func inPipe(c *Config, p *smpptest.Peer) {
	c.Server, c.Dial = "smpp-clear://localhost", p.Dial
	c.Lookup = func(context.Context, string) ([]string, error) { return []string{"127.0.0.1"}, nil }
}

// code is a message with a code that is good for five minutes.
func code(id, words string) app.Message {
	return app.Message{
		ID: id, Channel: app.KindSMS, To: ana, Template: app.MessageCode, Code: canary, At: time.Now(), Expires: time.Now().Add(5 * time.Minute),
		Params: map[string]string{"minutes": "5", "words": words},
	}
}

// notice is one without.
func notice(id, words string) app.Message {
	return app.Message{ID: id, Channel: app.KindSMS, To: ana, Template: app.MessageUnlocked, At: time.Now(), Params: map[string]string{"words": words}}
}

// attempt delivers a message, and gives what was told of it.
func attempt(ctx context.Context, c *Centre, m app.Message) (port.Attempt, error) {
	var told []port.Attempt
	err := c.Deliver(port.WithAttempts(ctx, func(a port.Attempt) { told = append(told, a) }), m)
	if len(told) != 1 {
		return port.Attempt{}, errors.New("not told once")
	}
	return told[0], err
}

// book is a port.Receipts that knows some IDs.
type book struct {
	mu    sync.Mutex
	known map[string]bool
	fails error
	all   []port.Receipt
	noted chan struct{}
}

func newBook(ids ...string) *book {
	b := &book{known: map[string]bool{}, noted: make(chan struct{}, 10_000)}
	for _, id := range ids {
		b.known[id] = true
	}
	return b
}

func (b *book) TakeReceipt(_ context.Context, r port.Receipt) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails != nil {
		return b.fails
	}
	if !b.known[r.ID] {
		return port.ErrNotFound
	}
	b.all = append(b.all, r)
	b.noted <- struct{}{}
	return nil
}

func (b *book) know(ids ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		b.known[id] = true
	}
}

// receipts are those that were noted.
func (b *book) receipts() []port.Receipt {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.all)
}

// last waits for a receipt, and gives it.
func (b *book) last(t *testing.T) port.Receipt {
	t.Helper()
	select {
	case <-b.noted:
	case <-time.After(10 * time.Second):
		t.Fatal("no receipt was noted")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all[len(b.all)-1]
}

// until waits for something to become so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// TestATextIsTakenAsItIsWritten: addresses, alphabet, priority, validity, a receipt asked for, over TLS.
func TestATextIsTakenAsItIsWritten(t *testing.T) {
	p := smpptest.NewTLS(t)
	var user, password, kind string
	p.Do(func(p *smpptest.Peer) {
		p.Bind = func(u, w, k string) (ok smpptest.Status) { user, password, kind = u, w, k; return ok }
	})
	c := newCentre(t, p, func(c *Config) { c.SystemType = "OTP" })
	told, err := attempt(t.Context(), c, code("m1", "Your code is 731904. €[]"))
	if err != nil {
		t.Fatal(err)
	}
	got := p.Taken()[0]
	if told.Outcome != port.Taken || told.Receipt != got.ID || told.Provider != c.Name() {
		t.Errorf("told %+v, taken as %s", told, got.ID)
	}
	if user != "sparekey" || password != keeper || kind != "OTP" {
		t.Errorf("bound as %q %q %q", user, password, kind)
	}
	if got.To != "4915112345678" || got.ToTON != 1 || got.ToNPI != 1 || got.From != "Sparekey" || got.FromTON != 5 || got.FromNPI != 0 {
		t.Errorf("addresses %+v", got)
	}
	if got.Coding != 0 || got.Class != 0 || got.Priority != 1 || got.Receipt != 1 {
		t.Errorf("%+v", got)
	}
	if got.Validity < "000000000455" || got.Validity > "000000000500000R" {
		t.Errorf("a code of five minutes is valid for %s", got.Validity)
	}
	if text := p.Texts()[0].Words; text != "Your code is 731904. €[]" {
		t.Errorf("%q arrived", text)
	}
	if _, err := attempt(t.Context(), c, notice("m2", "Your account was unlocked.")); err != nil {
		t.Fatal(err)
	}
	if got := p.Taken()[1]; got.Priority != 0 || got.Validity != "" {
		t.Errorf("a notice: %+v", got)
	}
	if n := p.Counted(); n.Binds != 1 {
		t.Errorf("%d binds for two texts", n.Binds)
	}
	if err := c.Close(); err != nil || p.Counted().Farewells != 1 {
		t.Errorf("%v, %d farewells", err, p.Counted().Farewells)
	}
}

func TestSendersByTheirForm(t *testing.T) {
	for from, want := range map[string]string{
		"": "0 0 ", "+49301234567": "1 1 49301234567", "72727": "3 0 72727", "Harbour": "5 0 Harbour", "Harbour IT": "5 0 Harbour IT", "4you": "5 0 4you",
	} {
		p := smpptest.New(t)
		c := newCentre(t, p, func(c *Config) { c.From = from })
		if _, err := attempt(t.Context(), c, notice("m", "x")); err != nil {
			t.Fatal(from, err)
		}
		got := p.Taken()[0]
		if is := strings.TrimSpace(string('0'+got.FromTON) + " " + string('0'+got.FromNPI) + " " + got.From); is != strings.TrimSpace(want) {
			t.Errorf("%q is sent as %s, want %s", from, is, want)
		}
	}
	for _, from := range []string{"+0301234567", "Harbour Service", "Häfen", "49301234567", "+49 30 123", "a\x00b", "12", "<b>"} {
		if CheckSender(from) == nil {
			t.Errorf("%q is a sender", from)
		}
	}
}

// TestOnlyThisComputerIsSpokenToInClear.
func TestOnlyThisComputerIsSpokenToInClear(t *testing.T) {
	for address, good := range map[string]bool{
		"smpps://smsc.example.org": true, "smpps://smsc.example.org:3551": true, "smpps://[2001:db8::1]:3550": true,
		"smpp-clear://localhost": true, "smpp-clear://127.0.0.1:2775": true, "smpp-clear://[::1]:2775": true,
		"smpp-clear://smsc.example.org": false, "smpp-clear://10.0.0.1:2775": false, "smpp://smsc.example.org": false, "smpps://": false,
		"smpps://user:word@smsc.example.org": false, "smpps://smsc/x": false, "smpps://smsc:0": false, "smpps://smsc:99999": false, "smsc:2775": false,
	} {
		if err := CheckServer(address); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestThreatACodeLeavesInClear: nobody who plays the centre gets the password or a code.
func TestThreatACodeLeavesInClear(t *testing.T) {
	other := smpptest.NewTLS(t)
	for name, row := range map[string]struct {
		peer   func(testing.TB) *smpptest.Peer
		change func(*Config)
		remedy Remedy
	}{
		"another issuer": {smpptest.NewTLS, func(c *Config) { c.Roots = other.Roots }, examine.RemedyIssuer},
		"another's name": {smpptest.NewTLS, func(c *Config) { c.Server = strings.Replace(c.Server, "localhost", "127.0.0.1", 1) }, examine.RemedyHost},
		"no TLS":         {smpptest.New, func(c *Config) { c.Server = strings.Replace(c.Server, "smpp-clear", "smpps", 1) }, RemedyTLS},
	} {
		p := row.peer(t)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		_, err := attempt(ctx, newCentre(t, p, row.change), code("m", "x"))
		cancel()
		var f *Failure
		if !errors.As(err, &f) || f.Step != StepTLS || f.Remedy() != row.remedy || p.Counted().Binds > 0 {
			t.Errorf("%s: %v, %d binds", name, err, p.Counted().Binds)
		}
	}
}

// TestThreatSecretsInLogsAndErrors: neither password nor number nor text is in an error, in the trail or in the log, whatever happens.
func TestThreatSecretsInLogsAndErrors(t *testing.T) {
	var log strings.Builder
	var mu sync.Mutex
	write := func(b []byte) (int, error) { mu.Lock(); defer mu.Unlock(); return log.Write(b) }
	told := ""
	for name, submit := range everyFault() {
		p := smpptest.New(t)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		p.Do(func(p *smpptest.Peer) { p.Submit = impatient(submit, cancel) })
		books := newBook()
		c := newCentre(t, p, func(c *Config) {
			c.Receipts = books
			c.Log = slog.New(slog.NewTextHandler(writer(write), &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		a, err := attempt(ctx, c, code("m", "Your code is "+canary))
		cancel()
		told += a.Outcome + " " + a.Receipt
		if err != nil {
			told += " " + err.Error()
		}
		books.mu.Lock()
		books.fails = errors.New("the store is away")
		books.mu.Unlock()
		_, _ = p.Say(ana[1:], "I am "+canary)
		_, _ = p.Tell(smpptest.Receipt{ID: "77", From: ana[1:], State: "UNDELIV", Words: "id:77 stat:UNDELIV err:1 text:" + canary})
		p.Throw([]byte("GET / HTTP/1.1\r\n" + canary + ana))
		_ = c.Close()
		if name == "a number that is none" && !errors.Is(err, port.ErrUndeliverable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := newCentre(t, smpptest.New(t), nil)
	m := code("m", "x")
	m.To = ana + "x"
	a, err := attempt(t.Context(), c, m)
	told += a.Outcome + err.Error()
	mu.Lock()
	defer mu.Unlock()
	if log.Len() == 0 {
		t.Error("nothing is logged, so nothing was tried")
	}
	for _, hidden := range []string{canary, ana, ana[1:], keeper, "I am"} {
		if strings.Contains(log.String()+told, hidden) {
			t.Errorf("%q is told:\n%s\n%s", hidden, told, log.String())
		}
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }
