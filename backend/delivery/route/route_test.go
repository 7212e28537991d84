package route

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is a route over providers that a test is in charge of, and who was asked.
type house struct {
	*Route
	clock *clock
	mu    sync.Mutex
	fails map[string]func(context.Context) error
	asked []string
}

func newHouse(names ...string) *house {
	h := &house{clock: &clock{now: time.Unix(1_750_000_000, 0)}, fails: map[string]func(context.Context) error{}}
	var all []Provider
	for _, name := range names {
		channel, _, _ := strings.Cut(name, " ")
		all = append(all, Provider{Name: name, Channel: app.Kind(channel), Deliverer: provider{h, name}, Time: 8 * time.Second})
	}
	h.Route = New(h.clock, all...)
	return h
}

type provider struct {
	house *house
	name  string
}

// Knows implements port.Knower: one of this name does.
func (p provider) Knows() bool { return strings.HasSuffix(p.name, "knows") }

func (p provider) Deliver(ctx context.Context, _ app.Message) error {
	p.house.mu.Lock()
	p.house.asked = append(p.house.asked, p.name)
	fails := p.house.fails[p.name]
	p.house.mu.Unlock()
	if fails == nil {
		return nil
	}
	return fails(ctx)
}

func (h *house) fail(name string, err error) {
	h.fails[name] = func(context.Context) error { return err }
}

// sends sends a message, and gives who was asked.
func (h *house) sends(channel app.Kind) ([]string, error) {
	h.asked = nil
	err := h.Deliver(context.Background(), app.Message{Channel: channel})
	return h.asked, err
}

func (h *house) must(t *testing.T, want ...string) {
	t.Helper()
	got, err := h.sends(app.KindEmail)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q (%v)", got, want, err)
	}
}

var errAway = errors.New("away")

func TestWhoFailsIsAskedLastAndReturns(t *testing.T) {
	h := newHouse("email one", "email two", "sms three")
	h.must(t, "email one")
	h.fail("email one", errAway)
	h.must(t, "email one", "email two")
	h.must(t, "email two")
	h.clock.pass(Rest - time.Second)
	h.must(t, "email two")
	h.clock.pass(time.Second)
	h.must(t, "email one", "email two")
	delete(h.fails, "email one")
	h.must(t, "email two")
	h.clock.pass(Rest)
	h.must(t, "email one")
	h.must(t, "email one")
}

func TestAllThatFailAreAskedAllTheSame(t *testing.T) {
	h := newHouse("email one", "email two")
	h.fail("email one", errAway)
	h.fail("email two", errAway)
	for range 2 {
		if asked, err := h.sends(app.KindEmail); !errors.Is(err, errAway) || errors.Is(err, port.ErrUndeliverable) || len(asked) != 2 {
			t.Errorf("asked %q: %v", asked, err)
		}
	}
	if err := h.Check(app.KindEmail); err == nil || !strings.Contains(err.Error(), "email one: away") {
		t.Errorf("health is %v", err)
	}
	delete(h.fails, "email two")
	h.must(t, "email one", "email two")
	if err := h.Check(app.KindEmail); err != nil {
		t.Errorf("one carries, and health is %v", err)
	}
}

// TestWhatTheAddressIsToBlameForIsTriedNowhereElse, and what may have arrived is not sent again at once.
func TestWhatTheAddressIsToBlameForIsTriedNowhereElse(t *testing.T) {
	for _, err := range []error{port.ErrUndeliverable, port.ErrUnanswered} {
		h := newHouse("email one", "email two")
		h.fail("email one", err)
		if asked, got := h.sends(app.KindEmail); !errors.Is(got, err) || !slices.Equal(asked, []string{"email one"}) {
			t.Errorf("%v: asked %q: %v", err, asked, got)
		}
	}
	h := newHouse("email one", "email two")
	h.fail("email one", port.ErrUndeliverable)
	_, _ = h.sends(app.KindEmail)
	delete(h.fails, "email one")
	h.must(t, "email one") // a judgement of an address says nothing of the provider
}

// TestWhoKnowsWhatComesAgainIsAskedFirst, once and briefly: where it has the message, that is carried once; else another one carries it.
func TestWhoKnowsWhatComesAgainIsAskedFirst(t *testing.T) {
	h := newHouse("email knows", "email two")
	other := app.Message{ID: "other", Channel: app.KindEmail}
	h.fail("email knows", port.ErrUnanswered)
	if asked, err := h.sends(app.KindEmail); !errors.Is(err, port.ErrUnanswered) || !slices.Equal(asked, []string{"email knows"}) {
		t.Fatalf("asked %q: %v", asked, err)
	}
	h.asked = nil
	if err := h.Deliver(t.Context(), other); err != nil || !slices.Equal(h.asked, []string{"email two"}) {
		t.Errorf("another message: asked %q: %v", h.asked, err)
	}
	var given time.Duration
	h.fails["email knows"] = func(ctx context.Context) error {
		at, _ := ctx.Deadline()
		given = time.Until(at)
		return port.ErrUnanswered
	}
	h.must(t, "email knows", "email two")
	if given > 3*time.Second {
		t.Errorf("it was given %v", given)
	}
	h.must(t, "email two")
	h.clock.pass(Rest)
	h.fail("email knows", port.ErrUnanswered)
	_, _ = h.sends(app.KindEmail)
	delete(h.fails, "email knows")
	h.must(t, "email knows")

	h = newHouse("email one", "email two")
	h.fail("email one", port.ErrUnanswered)
	_, _ = h.sends(app.KindEmail)
	h.must(t, "email two")
}

// TestWhoIsBusyIsNotDown: the next one carries the message, and it is asked first again; a failure from before stays.
func TestWhoIsBusyIsNotDown(t *testing.T) {
	h := newHouse("email one", "email two")
	h.fail("email one", port.ErrBusy)
	for range 2 {
		h.must(t, "email one", "email two")
	}
	if err := h.Check(app.KindEmail); err != nil {
		t.Errorf("health is %v", err)
	}
	h.fail("email two", port.ErrBusy)
	if _, err := h.sends(app.KindEmail); !errors.Is(err, port.ErrBusy) || errors.Is(err, port.ErrUndeliverable) {
		t.Errorf("all are busy: %v", err)
	}
	h = newHouse("email one")
	h.fail("email one", errAway)
	_, _ = h.sends(app.KindEmail)
	h.fail("email one", port.ErrBusy)
	_, _ = h.sends(app.KindEmail)
	if h.Check(app.KindEmail) == nil {
		t.Error("who was not asked is well again")
	}
}

func TestWhatOneCanNotCarryAnotherMay(t *testing.T) {
	h := newHouse("email one", "email two")
	h.fail("email one", port.ErrIncapable)
	h.must(t, "email one", "email two")
	h.must(t, "email one", "email two")
	h.fail("email two", port.ErrIncapable)
	if _, err := h.sends(app.KindEmail); !errors.Is(err, port.ErrUndeliverable) {
		t.Errorf("nobody can carry it: %v", err)
	}
	h.fail("email two", errAway) // who is away might
	if _, err := h.sends(app.KindEmail); errors.Is(err, port.ErrUndeliverable) {
		t.Errorf("one is away: %v", err)
	}
}

func TestAChannelWithoutAProvider(t *testing.T) {
	h := newHouse("email one")
	if _, err := h.sends(app.KindSMS); !errors.Is(err, ErrNoProvider) || errors.Is(err, port.ErrUndeliverable) {
		t.Errorf("%v", err)
	}
	if h.Carries(app.KindSMS) || !h.Carries(app.KindEmail) {
		t.Error("channels are mixed up")
	}
}

// TestOneMessageLearnsWhetherAProviderIsBack, while the others go elsewhere.
func TestOneMessageLearnsWhetherAProviderIsBack(t *testing.T) {
	h := newHouse("email one", "email two")
	h.fail("email one", errAway)
	h.must(t, "email one", "email two")
	h.clock.pass(Rest)
	entered, leave := make(chan struct{}), make(chan struct{})
	h.mu.Lock()
	h.fails["email one"] = func(context.Context) error { close(entered); <-leave; return errAway }
	h.mu.Unlock()
	done := make(chan error)
	go func() { done <- h.Deliver(context.Background(), app.Message{Channel: app.KindEmail}) }()
	<-entered
	h.mu.Lock()
	h.asked = nil
	h.mu.Unlock()
	for range 20 {
		if err := h.Deliver(t.Context(), app.Message{Channel: app.KindEmail}); err != nil {
			t.Fatal(err)
		}
	}
	if slices.Contains(h.asked, "email one") {
		t.Error("more than one message waits for who may be back")
	}
	close(leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestWhoSaysNothingHasItsTimeAndNoMore, and a stop is no failure of a provider.
func TestWhoSaysNothingHasItsTimeAndNoMore(t *testing.T) {
	h := newHouse("email one", "email two")
	h.providers[app.KindEmail][0].Time = time.Millisecond
	silent := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	h.fails["email one"] = silent
	h.must(t, "email one", "email two")
	h = newHouse("email one", "email two")
	h.fails["email one"] = silent
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Deliver(ctx, app.Message{Channel: app.KindEmail}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	delete(h.fails, "email one")
	h.must(t, "email one")
}
