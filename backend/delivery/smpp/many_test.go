package smpp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/delivery/smpp/smpptest"
	"github.com/sparekey/sparekey/backend/port"
)

// unsteady is a peer with every fault now and then. It counts the texts whose answer was lost.
func unsteady(p *smpptest.Peer, lost *sync.Map) {
	chance := rand.New(rand.NewPCG(1, 2))
	p.Do(func(p *smpptest.Peer) {
		p.Submit = func(s smpptest.Submitted) (a smpptest.Answer) {
			switch n := chance.IntN(200); {
			case n < 6:
				a.Status = data.ESME_RTHROTTLED
			case n < 10:
				a.Status = data.ESME_RSYSERR
			case n < 12:
				a.Cut = true
			case n < 14:
				a.Lost = true
				lost.Store(s.To, true)
			case n < 16:
				a.Silent = true
				lost.Store(s.To, true)
			}
			return a
		}
	})
}

// carryAll has lanes carry messages as the outbox does: each again and again, until it is taken.
func carryAll(c *Centre, n int, attempt, pause time.Duration) (unanswered *sync.Map) {
	var lanes sync.WaitGroup
	var next atomic.Int64
	unanswered = &sync.Map{}
	for range 8 {
		lanes.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				m := notice(fmt.Sprint("m", i), wordsOf(int(i)))
				m.To = fmt.Sprintf("+49151%08d", i)
				for err := errors.New("not yet"); err != nil; {
					ctx, cancel := context.WithTimeout(context.Background(), attempt)
					err = c.Deliver(ctx, m)
					cancel()
					if errors.Is(err, port.ErrUnanswered) {
						unanswered.Store(m.To[1:], true)
					}
					if err != nil {
						time.Sleep(pause)
					}
				}
			}
		})
	}
	lanes.Wait()
	return unanswered
}

func wordsOf(i int) string {
	if i%5 == 0 {
		return strings.Repeat(fmt.Sprint("Message ", i, " is long. "), 12)
	}
	return fmt.Sprint("Message ", i)
}

// whole asserts that each text arrived as it was written, and came twice only where an answer was lost.
func whole(t *testing.T, p *smpptest.Peer, n int, excused ...*sync.Map) {
	t.Helper()
	came := map[string][]string{}
	for _, text := range p.Texts() {
		came[text.To] = append(came[text.To], text.Words)
	}
	parts := map[string]map[byte]int{}
	for _, s := range p.Taken() {
		if parts[s.To] == nil {
			parts[s.To] = map[byte]int{}
		}
		parts[s.To][s.Part]++
	}
	doubled := 0
	for i := 1; i <= n; i++ {
		to := fmt.Sprintf("49151%08d", i)
		if len(came[to]) == 0 || came[to][0] != wordsOf(i) {
			t.Errorf("%s got %q", to, came[to])
		}
		for part, times := range parts[to] {
			if times == 1 {
				continue
			}
			doubled++
			for _, e := range excused {
				if _, is := e.Load(to); !is {
					t.Errorf("%s got part %d %d times, and no answer was lost", to, part, times)
				}
			}
		}
	}
	t.Logf("%d parts taken, %d of them twice, since their answer was lost", len(p.Taken()), doubled)
}

// TestAThousandTextsByAnUnsteadyCentre: none is lost, and none is doubled but where its answer was lost.
func TestAThousandTextsByAnUnsteadyCentre(t *testing.T) {
	piped(t, nil, func(t *testing.T, p *smpptest.Peer, c *Centre) {
		lost := &sync.Map{}
		unsteady(p, lost)
		unanswered := carryAll(c, 1000, 8*time.Second, time.Second)
		whole(t, p, 1000, unanswered)
		if n := p.Counted(); n.Binds < 20 {
			t.Errorf("only %d connections were made", n.Binds)
		}
	})
}

// TestNothingIsLeftOver of many texts and connections: neither goroutines nor descriptors.
func TestNothingIsLeftOver(t *testing.T) {
	p := smpptest.NewTLS(t)
	c := newCentre(t, p, func(c *Config) { c.Receipts = newBook() })
	carryAll(c, 10, time.Second, time.Millisecond)
	goroutines, files := left(t)
	n := 0
	p.Do(func(p *smpptest.Peer) {
		p.Submit = func(smpptest.Submitted) smpptest.Answer {
			n++
			return smpptest.Answer{Lost: n%20 == 0, Cut: n%30 == 0, Silent: n%200 == 0}
		}
	})
	carryAll(c, 500, 200*time.Millisecond, time.Millisecond)
	p.Do(func(p *smpptest.Peer) { p.Submit = nil })
	until(t, "goroutines or descriptors are left over", func() bool {
		_ = c.Deliver(t.Context(), notice("last", "x"))
		g, f := left(t)
		return g <= goroutines+2 && f <= files+1
	})
	if n := p.Counted().Binds; n < 30 {
		t.Errorf("only %d connections were made", n)
	}
}

// left counts goroutines and open files.
func left(t *testing.T) (goroutines, descriptors int) {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system does not tell which files a process has open: ", err)
	}
	return runtime.NumGoroutine(), len(all)
}
