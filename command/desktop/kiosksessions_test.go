//go:build linux

package desktop

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"
)

// sessionsVariable says how many people come, one after the other; `make soak` sets it to 10,000.
const sessionsVariable = "SPAREKEY_KIOSK_SESSIONS"

// between is from one person to the next: ten thousand take thirty days.
const between = 30 * 24 * time.Hour / 10000

// TestManyPeopleLeaveNoWeightBehind has one person after the other come to a kiosk, by real keys and the mouse: some finish, some
// walk away, take their security key out too early, meet a network that is lost or a server that is restarted. It holds what the
// kiosk takes after the last of them against what it took after the first hundred, and after a thousand against an empty window.
func TestManyPeopleLeaveNoWeightBehind(t *testing.T) {
	t.Parallel()
	many, err := strconv.Atoi(cmp.Or(os.Getenv(sessionsVariable), "0"))
	if err != nil {
		t.Fatal(err)
	}
	c := newCrowd(t, 20261129)
	if many > 0 {
		c.endure(many)
		return
	}
	c.come(len(ways))
	first := c.rest()
	c.come(len(ways))
	last := c.rest()
	t.Logf("after %d: %+v; after %d: %+v", len(ways), first, c.n, last)
	grown(t, "heap", last.heap, first.heap*125/100)
	grown(t, "files", last.files, first.files+1)
	grown(t, "goroutines", last.goroutines, first.goroutines+1)
}

// come has so many people come, in each way once, in another order each time.
func (c *crowd) come(people int) {
	c.t.Helper()
	for range people {
		if len(c.turn) == 0 {
			c.turn = c.r.Perm(len(ways))
		}
		way := c.turn[0]
		c.turn = c.turn[1:]
		began := time.Now()
		c.next(way)
		c.took[way] += time.Since(began)
		c.n++
	}
}

// endure has many people come, and tells what the kiosk takes on the way.
func (c *crowd) endure(people int) {
	c.t.Helper()
	began := time.Now()
	c.come(100)
	first := c.rest()
	c.t.Logf("after %d: %+v", c.n, first)
	last := first
	for _, mark := range []int{300, 1000, 2000, 3000, 5000, 7000, people} {
		if mark > people || mark <= c.n {
			continue
		}
		for c.n < mark {
			c.come(min(100, mark-c.n))
			fmt.Fprintf(os.Stderr, "after %d: %+v; %v each\n", c.n, c.weigh(), (time.Since(began) / time.Duration(c.n)).Round(time.Millisecond)) // while it goes on
		}
		last = c.rest()
		c.t.Logf("after %d: %+v", mark, last)
		if mark == 1000 {
			c.besideEmpty()
		}
	}
	for i, way := range ways {
		c.t.Logf("%s: %v each", way.name, (c.took[i] / time.Duration(max(1, people/len(ways)))).Round(time.Millisecond))
	}
	c.t.Logf("the kiosk's processor time: %v each", (processorTime(c.t, c.pid) / time.Duration(people)).Round(time.Millisecond))
	grown(c.t, "resident", last.resident, first.resident*105/100)
	grown(c.t, "of it anonymous", last.anonymous, first.anonymous*105/100)
	grown(c.t, "heap", last.heap, first.heap*105/100)
	grown(c.t, "files", last.files, first.files)
	grown(c.t, "goroutines", last.goroutines, first.goroutines)
	grown(c.t, "threads", last.threads, first.threads+2)
}

func grown(t *testing.T, what string, is, most int) {
	t.Helper()
	if is > most {
		t.Errorf("%s: %d, at most %d", what, is, most)
	}
}
