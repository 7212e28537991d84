package ldap_test

import (
	"context"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
)

// weather strikes messages, as a seed says. Whoever waits when an answer stays away goes away, with everybody else who waits.
type weather struct {
	mu     sync.Mutex
	random *rand.Rand
	ctx    context.Context
	cancel context.CancelFunc
}

const oneIn = 100 // messages that a fault strikes

func newWeather(seed uint64) *weather {
	w := &weather{random: rand.New(rand.NewPCG(seed, seed))}
	w.clear()
	return w
}

func (w *weather) clear() { w.ctx, w.cancel = context.WithCancel(context.Background()) }

func (w *weather) roll() fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.random.IntN(oneIn) > 0 {
		return 0
	}
	return []fault{cutBefore, cutAfter, silence, garbage}[w.random.IntN(4)]
}

func (w *weather) hush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cancel()
	w.clear()
}

func (w *weather) context() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ctx
}

// number gives one of n.
func (w *weather) number(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(n)
}

// nothingLeaks: after thousands of operations with faults there are as many connections at the server, and as many
// descriptors and goroutines here, as before. SPAREKEY_LEAKS says how many operations.
func (s *tree) nothingLeaks(t *testing.T, config ldap.Config, _ *ldap.Directory) {
	ids := make([]app.AccountID, 20)
	for i := range ids {
		a := anaWithMail
		a.UserID, a.Admin = "calm"+strconv.Itoa(i), i == 0
		ids[i] = s.id(s.person(a, firstPassword))
	}
	connections := func() int {
		n, _ := strconv.Atoi(s.read("cn=Current,cn=Connections,cn=Monitor", "monitorCounter").GetAttributeValue("monitorCounter"))
		return n
	}
	descriptors := func() int {
		all, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	connected, described, running := connections(), descriptors(), runtime.NumGoroutine()
	if connected == 0 {
		t.Fatal("the server doesn't count its connections")
	}
	storm := newWeather(15)
	line := &wire{dial: config.Network.Dial, roll: storm.roll, hush: storm.hush}
	config.Network.Dial = line.Dial
	dir, err := ldap.New(config)
	if err != nil {
		t.Fatal(err)
	}
	total := longer("SPAREKEY_LEAKS", 1000)
	outcomes := weatherTheStorm(storm, dir, ids, total)
	if outcomes[0] == 0 || outcomes[1] == 0 {
		t.Errorf("%d went well and %d didn't", outcomes[0], outcomes[1])
	}
	if n := connections() - connected; n > 16 {
		t.Errorf("%d connections are kept", n)
	}
	line.mu.Lock()
	line.roll = func() fault { return 0 }
	line.mu.Unlock()
	if err := dir.SetPassword(t.Context(), ids[0], app.NewSecret("Calm-after 77 moss")); err != nil {
		t.Errorf("after the storm: %v", err)
	}
	if err := dir.Close(); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		now  func() int
		want int
	}{"connections at the server": {connections, connected}, "descriptors": {descriptors, described}, "goroutines": {runtime.NumGoroutine, running}} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		got := c.now()
		for got > c.want && ctx.Err() == nil { // they end by themselves
			runtime.Gosched()
			got = c.now()
		}
		cancel()
		if got > c.want {
			t.Errorf("%s: %d after %d operations, %d before", name, got, total, c.want)
		}
	}
	t.Logf("%d operations, of which %d went well", total, outcomes[0])
}

// weatherTheStorm does so many operations, several at once, and counts those that went well, and those that didn't.
func weatherTheStorm(storm *weather, dir *ldap.Directory, ids []app.AccountID, total int) (outcomes [2]int) {
	var mu sync.Mutex
	var all sync.WaitGroup
	next := make(chan int)
	for range 20 { // more than there are connections
		all.Go(func() {
			for n := range next {
				err := operate(storm, dir, ids[storm.number(len(ids))], n)
				mu.Lock()
				if err == nil {
					outcomes[0]++
				} else {
					outcomes[1]++
				}
				mu.Unlock()
			}
		})
	}
	for n := range total {
		next <- n
	}
	close(next)
	all.Wait()
	return outcomes
}

// operate does one of the operations.
func operate(storm *weather, dir *ldap.Directory, id app.AccountID, n int) error {
	ctx := storm.context()
	password := app.NewSecret("Lantern-tide " + strconv.Itoa(n))
	switch storm.number(8) {
	case 0:
		_, err := dir.Find(ctx, "calm3")
		return err
	case 1:
		_, err := dir.Account(ctx, id)
		return err
	case 2:
		_, err := dir.Administrators(ctx)
		return err
	case 3:
		return ignoreWrong(dir.Verify(ctx, id, password))
	case 4:
		return ignoreWrong(dir.ChangePassword(ctx, id, app.NewSecret(firstPassword), password))
	case 5:
		return dir.Unlock(ctx, id)
	case 6:
		_, err := dir.Rules(ctx, id)
		return err
	}
	return dir.SetPassword(ctx, id, password)
}
