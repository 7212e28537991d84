package smpp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/delivery/smpp/smpptest"
	"github.com/sparekey/sparekey/backend/port"
)

// piped has a test run in time of its own, with a peer that is reached without a network.
func piped(t *testing.T, change func(*Config), run func(t *testing.T, p *smpptest.Peer, c *Centre)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &smpptest.Peer{}
		run(t, p, newCentre(t, p, func(c *Config) {
			inPipe(c, p)
			c.Retry = nil
			if change != nil {
				change(c)
			}
		}))
	})
}

// within delivers a message in the time that an attempt has.
func within(c *Centre, id string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	return c.Deliver(ctx, notice(id, "x"))
}

// TestACentreThatIsAwayIsTriedAtLongerIntervals, however many texts wait for it.
func TestACentreThatIsAwayIsTriedAtLongerIntervals(t *testing.T) {
	for name, away := range map[string]func(c *Config, dials *atomic.Int64, back *atomic.Bool){
		"nobody there": func(c *Config, dials *atomic.Int64, back *atomic.Bool) {
			dial := c.Dial
			c.Dial = func(ctx context.Context, network, at string) (net.Conn, error) {
				if dials.Add(1); back.Load() {
					return dial(ctx, network, at)
				}
				return nil, errors.New("refused")
			}
		},
		"hung up on": func(c *Config, dials *atomic.Int64, back *atomic.Bool) {
			dial := c.Dial
			c.Dial = func(ctx context.Context, network, at string) (net.Conn, error) {
				conn, err := dial(ctx, network, at)
				if dials.Add(1); !back.Load() {
					time.AfterFunc(time.Second, func() { _ = conn.Close() })
				}
				return conn, err
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var dials atomic.Int64
			var back atomic.Bool
			piped(t, func(c *Config) { away(c, &dials, &back) }, func(t *testing.T, _ *smpptest.Peer, c *Centre) {
				var lanes sync.WaitGroup
				for lane := range 8 {
					lanes.Go(func() {
						for i := range 720 {
							_ = within(c, fmt.Sprint(lane, i))
							time.Sleep(5 * time.Second)
						}
					})
				}
				lanes.Wait()
				if n := dials.Load(); n < 60 || n > 140 { // 30 s to a minute each, once it has failed for long
					t.Errorf("%d connections in an hour", n)
				}
				back.Store(true)
				time.Sleep(lastRetry)
				if err := within(c, "back"); err != nil {
					t.Errorf("it is back: %v", err)
				}
			})
		})
	}
}

func TestTheWaitGrowsAndIsHalfByChance(t *testing.T) {
	for failures, most := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 6: 32 * time.Second, 7: time.Minute, 1000: time.Minute} {
		least, longest := time.Hour, time.Duration(0)
		for range 200 {
			wait := Backoff(failures)
			least, longest = min(least, wait), max(longest, wait)
		}
		if least < most/2 || longest > most || longest-least < most/4 {
			t.Errorf("after %d failures: %s to %s", failures, least, longest)
		}
	}
}

// TestAFullWindowStarvesNobody: what finds no place is told so, the keep-alive goes on, and places get free again.
func TestAFullWindowStarvesNobody(t *testing.T) {
	piped(t, func(c *Config) { c.Window = 2 }, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		p.Do(func(p *smpptest.Peer) { p.Submit = everyFault()["silence"] })
		var full, unanswered atomic.Int64
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				switch err := within(c, fmt.Sprint(i)); {
				case errors.Is(err, port.ErrUnanswered):
					unanswered.Add(1)
				case errors.Is(err, errWindow):
					full.Add(1)
				}
			})
		}
		all.Wait()
		if full.Load() != 3 || unanswered.Load() != 2 || p.Counted().MostWaiting != 2 {
			t.Errorf("%d found no place, %d were not answered; the peer had %d at once", full.Load(), unanswered.Load(), p.Counted().MostWaiting)
		}
		before := p.Counted().Enquiries
		time.Sleep(time.Second)
		if err := within(c, "full"); !errors.Is(err, errWindow) {
			t.Errorf("the places were given away before their time: %v", err)
		}
		p.Do(func(p *smpptest.Peer) { p.Submit = nil })
		time.Sleep(2 * idleTime)
		if n := p.Counted().Enquiries; n <= before || p.Counted().Binds != 1 {
			t.Errorf("%d enquiries, %d before; %d binds", n, before, p.Counted().Binds)
		}
		if err := within(c, "again"); err != nil {
			t.Errorf("no place got free: %v", err)
		}
	})
}

// TestACentreIsAskedWhetherItIsThere when nothing was heard of it, and only then.
func TestACentreIsAskedWhetherItIsThere(t *testing.T) {
	piped(t, nil, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		for i := range 100 {
			if err := within(c, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(idleTime / 2)
		}
		if n := p.Counted().Enquiries; n != 0 {
			t.Errorf("%d enquiries of a centre that answers", n)
		}
		time.Sleep(10 * idleTime)
		if n := p.Counted().Enquiries; n < 9 || n > 10 {
			t.Errorf("%d enquiries in %s", n, 10*idleTime)
		}
	})
}

// TestASessionThatIsHalfOpenIsLeft: neither silence nor a peer that reads nothing keeps texts for long.
func TestASessionThatIsHalfOpenIsLeft(t *testing.T) {
	for name, silence := range map[string]func(p *smpptest.Peer) (end func()){
		"answers nothing": func(p *smpptest.Peer) func() {
			p.Do(func(p *smpptest.Peer) {
				p.Submit, p.Enquire = everyFault()["silence"], func() bool { return false }
			})
			return func() { p.Do(func(p *smpptest.Peer) { p.Submit, p.Enquire = nil, nil }) }
		},
		"reads nothing": func(p *smpptest.Peer) func() { return p.Deafen() },
	} {
		t.Run(name, func(t *testing.T) {
			piped(t, nil, func(t *testing.T, p *smpptest.Peer, c *Centre) {
				if err := within(c, "before"); err != nil {
					t.Fatal(err)
				}
				end := silence(p)
				began := time.Now()
				_ = within(c, "meanwhile")
				if took := time.Since(began); took > 8*time.Second {
					t.Errorf("an attempt took %s", took)
				}
				time.Sleep(2 * answerTime)
				end()
				time.Sleep(2 * firstRetry)
				if err := within(c, "after"); err != nil || p.Counted().Binds != 2 {
					t.Errorf("%v, %d binds", err, p.Counted().Binds)
				}
			})
		})
	}
}

// brittle is a connection whose next write fails.
type brittle struct {
	net.Conn
	breaks *atomic.Bool
}

func (b brittle) Write(octets []byte) (int, error) {
	if b.breaks.CompareAndSwap(true, false) {
		return 0, errors.New("broken pipe")
	}
	return b.Conn.Write(octets)
}

// TestWhatCouldNotLeaveGoesByTheNextSession, in the same attempt: nobody else has to be asked.
func TestWhatCouldNotLeaveGoesByTheNextSession(t *testing.T) {
	var breaks atomic.Bool
	piped(t, func(c *Config) {
		dial := c.Dial
		c.Dial = func(ctx context.Context, network, at string) (net.Conn, error) {
			conn, err := dial(ctx, network, at)
			return brittle{conn, &breaks}, err
		}
	}, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		if err := within(c, "before"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(steadyTime + time.Second)
		breaks.Store(true)
		if err := within(c, "after"); err != nil || len(p.Taken()) != 2 || p.Counted().Binds != 2 {
			t.Errorf("%v, %d taken, %d binds", err, len(p.Taken()), p.Counted().Binds)
		}
	})
}

// TestWhoSaidFarewellGetsNothingMore, though it does not hang up; what it owes it may still answer.
func TestWhoSaidFarewellGetsNothingMore(t *testing.T) {
	piped(t, nil, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		if err := within(c, "before"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(steadyTime) // one that ends sooner is waited for
		answer, first := make(chan struct{}), true
		p.Do(func(p *smpptest.Peer) {
			p.Stay = true
			p.Submit = func(smpptest.Submitted) (a smpptest.Answer) {
				if first {
					a.Wait, first = answer, false
				}
				return a
			}
		})
		owed := make(chan error)
		go func() { owed <- within(c, "owed") }()
		synctest.Wait()
		if err := p.Farewell(); err != nil {
			t.Fatal(err)
		}
		if err := within(c, "after"); err != nil || p.Counted().Binds != 2 {
			t.Errorf("%v, %d binds", err, p.Counted().Binds)
		}
		close(answer)
		if err := <-owed; err != nil {
			t.Errorf("what was owed: %v", err)
		}
		time.Sleep(2 * finishTime)
	})
}

// TestALateAnswerCounts: the text is not sent a second time.
func TestALateAnswerCounts(t *testing.T) {
	piped(t, nil, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		answer := make(chan struct{})
		p.Do(func(p *smpptest.Peer) {
			p.Submit = func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Wait: answer} }
		})
		if err := within(c, "m"); !errors.Is(err, port.ErrUnanswered) {
			t.Fatal(err)
		}
		close(answer)
		time.Sleep(time.Second)
		told, err := attempt(t.Context(), c, notice("m", "x"))
		if err != nil || len(p.Taken()) != 1 || told.Receipt != p.Taken()[0].ID {
			t.Errorf("%v, told %+v, taken %d times", err, told, len(p.Taken()))
		}
		if err := within(c, "other"); err != nil || len(p.Taken()) != 2 {
			t.Errorf("%v, %d taken", err, len(p.Taken()))
		}
	})
}

// TestALateAnswerIsTold to who waits for it before another provider is asked; an answer that can't come any more is not awaited.
func TestALateAnswerIsTold(t *testing.T) {
	said := newBook("000A0001")
	piped(t, func(c *Config) { c.Receipts = said }, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		answer := make(chan struct{})
		p.Do(func(p *smpptest.Peer) {
			p.Submit = func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Wait: answer} }
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if told, err := attempt(ctx, c, notice("m", "x")); !errors.Is(err, port.ErrUnanswered) || !told.Awaited {
			t.Fatalf("%+v, %v", told, err)
		}
		close(answer)
		synctest.Wait()
		said.mu.Lock()
		defer said.mu.Unlock()
		if want := (port.Receipt{Provider: c.Name(), ID: p.Taken()[0].ID, Message: "m", Taken: true}); len(said.all) != 1 || said.all[0] != want {
			t.Errorf("%+v, want %+v", said.all, want)
		}
	})
	piped(t, func(c *Config) { c.Receipts = said }, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		p.Do(func(p *smpptest.Peer) {
			p.Submit = func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Cut: true} }
		})
		if told, err := attempt(t.Context(), c, notice("m", "x")); !errors.Is(err, port.ErrUnanswered) || told.Awaited {
			t.Errorf("%+v, %v", told, err)
		}
	})
}

// TestACentreThatWantsLessGetsLess: nothing for a while, and longer each time.
func TestACentreThatWantsLessGetsLess(t *testing.T) {
	for _, status := range []data.CommandStatusType{data.ESME_RTHROTTLED, data.ESME_RMSGQFUL} {
		piped(t, nil, func(t *testing.T, p *smpptest.Peer, c *Centre) {
			p.Do(func(p *smpptest.Peer) { p.Submit = with(status) })
			for i := range 60 { // each with a message of its own, a second apart
				err := within(c, fmt.Sprint(i))
				var f *Failure
				if !errors.As(err, &f) || f.Status != status || f.Unwrap()[0] == port.ErrUndeliverable {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
			}
			if n := p.Counted().Submits; n < 6 || n > 10 { // after 1, 2, 4, 8, 10, 10 …
				t.Errorf("%d tries in a minute", n)
			}
			p.Do(func(p *smpptest.Peer) { p.Submit = nil })
			time.Sleep(lastPause)
			if err := within(c, "again"); err != nil || p.Counted().Binds != 1 {
				t.Errorf("%v, %d binds", err, p.Counted().Binds)
			}
		})
	}
}

// TestCloseDoesNotWaitForThePeer that does not answer, nor for one that is away.
func TestCloseDoesNotWaitForThePeer(t *testing.T) {
	piped(t, nil, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		p.Do(func(p *smpptest.Peer) { p.Unbind = func() bool { return false } })
		if err := within(c, "m"); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := c.Close(); err != nil || time.Since(began) > leaveTime || p.Counted().Farewells != 1 {
			t.Errorf("%v after %s, %d farewells", err, time.Since(began), p.Counted().Farewells)
		}
		if err := within(c, "m2"); !errors.Is(err, errClosed) {
			t.Errorf("a centre that is closed: %v", err)
		}
	})
	piped(t, func(c *Config) {
		c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	}, func(t *testing.T, _ *smpptest.Peer, c *Centre) {
		go func() { _ = within(c, "m") }()
		synctest.Wait()
		began := time.Now()
		if err := c.Close(); err != nil || time.Since(began) > 0 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

// TestAWrongPasswordIsTriedSeldom: accounts are locked for less.
func TestAWrongPasswordIsTriedSeldom(t *testing.T) {
	piped(t, nil, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		p.Do(func(p *smpptest.Peer) {
			p.Bind = func(string, string, string) smpptest.Status { return data.ESME_RINVPASWD }
		})
		for i := range 600 {
			err := within(c, fmt.Sprint(i))
			var f *Failure
			if !errors.As(err, &f) || f.Step != StepBind || f.Status != data.ESME_RINVPASWD || f.Remedy() != RemedyBind {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if n := p.Counted().Binds; n > 25 {
			t.Errorf("%d tries in ten minutes", n)
		}
	})
}
