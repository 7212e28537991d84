package call

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
)

// held counts goroutines and descriptors of this process.
func held(t *testing.T) (goroutines, descriptors int) {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system tells no descriptors in /proc")
	}
	return runtime.NumGoroutine(), len(all)
}

// settles waits until no more is held than before.
func settles(t *testing.T, goroutines, descriptors int) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		g, d := held(t)
		if g <= goroutines && d <= descriptors {
			return
		}
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines and %d descriptors are left of %d and %d\n%s", g, d, goroutines, descriptors, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// TestNothingIsLeftOfTwoHundredCalls, most of which fail in some way. It runs alone, since it counts.
func TestNothingIsLeftOfTwoHundredCalls(t *testing.T) {
	var turn atomic.Int64
	phone := calltest.New(t, calltest.Config{Network: "tcp", Behave: func(c *calltest.Call) {
		switch turn.Add(1) % 8 {
		case 0:
			c.Reply(486, "Busy Here")
		case 1:
			c.Reply(180, "Ringing")
			c.Reply(603, "Decline")
		case 2:
			c.Reply(100, "Trying") // and is taken back
		case 3:
			c.Reply(180, "Ringing") // for too long
		case 4:
			c.Reply(200, "OK") // without speech
		case 5:
			if m := c.Pick(calltest.Answer{Codec: 8}); m != nil {
				c.HangUp()
				m.Close()
			}
		case 6:
			c.Reply(302, "Moved", "Contact: <sip:elsewhere>")
		default:
			if m := c.Pick(calltest.Answer{Codec: 0}); m != nil {
				m.Hear(time.Second)
				c.HangUp()
				m.Close()
			}
		}
	}})
	p, _ := open(t, phone, func(c *Config) {
		c.Server, c.Ring = "sip:"+phone.Address+";transport=tcp", 100*time.Millisecond
	})
	one := func() {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_ = p.Deliver(ctx, codeCall())
	}
	one() // opens the connection
	goroutines, descriptors := held(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				one()
			}
		})
	}
	all.Wait()
	settles(t, goroutines+8, descriptors+2)
	if n := turn.Load(); n != 201 {
		t.Errorf("%d calls came", n)
	}
	phone.Cut() // the next one gets a new connection
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := p.Deliver(ctx, codeCall())
	if n := turn.Load(); n != 202 {
		t.Errorf("after the connection was cut, %d calls came: %v", n, err)
	}
	_ = p.Close()
	settles(t, goroutines, descriptors)
}

// callerKey names, to the process that calls, who is called.
const callerKey = "SPAREKEY_TEST_CALLER"

// TestTwentyCallsAtOnce take little memory: the caller is a process of its own, whose memory is looked at while all are spoken to.
func TestTwentyCallsAtOnce(t *testing.T) {
	if at := os.Getenv(callerKey); at != "" {
		callTwenty(t, at)
		return
	}
	if testing.Short() {
		t.Skip("the race detector takes memory of its own: `make test` runs it without")
	}
	t.Parallel()
	phone := calltest.New(t, calltest.Config{Network: "udp", Behave: func(c *calltest.Call) {
		if m := c.Pick(calltest.Answer{Codec: 8}); m != nil {
			defer m.Close()
			<-c.Ended
		}
	}})
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.count=1")
	c.Env = append(os.Environ(), callerKey+"="+phone.Address)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if _, figures, is := strings.Cut(line, "twenty calls: "); is {
			t.Log(figures)
		}
	}
}

func callTwenty(t *testing.T, at string) {
	p, _ := open(t, &calltest.Phone{Address: at}, func(c *Config) { c.Frame = 0 })
	warm := app.Message{ID: "w", To: theNumber, Template: app.MessageID("none")}
	_ = p.Deliver(t.Context(), warm)
	runtime.GC()
	rest := resident(t)
	for range 20 {
		if _, err := deliver(t, p, codeCall(), 5*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	most := 0
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		most = max(most, resident(t))
	}
	fmt.Printf("twenty calls: %d KiB, at rest %d KiB\n", most, rest)
	if most > rest*3/2 {
		t.Errorf("twenty calls take %d KiB, at rest it is %d", most, rest)
	}
}

// resident is the process's memory, in KiB.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("this system tells no memory in /proc")
	}
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	n := 0
	if _, err := fmt.Sscan(after, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
