//go:build linux

package setup

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestThreatACrowdOfPasswordsAtAServerOfItsOwn: 1,000 password checks at once over TLS, hashed as passwords are, keep a server
// inside the memory that its unit gives it, on a machine with many processors as well. Each is answered: the password is judged, or
// the client is told when to come back.
func TestThreatACrowdOfPasswordsAtAServerOfItsOwn(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand hashes take their time")
	}
	unit, err := os.ReadFile("../../assets/server/sparekey.service")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?s)\nMemoryMax=(\d+)M\nEnvironment=(GOMEMLIMIT=\w+)\n`).FindSubmatch(unit)
	if found == nil {
		t.Fatal("the unit bounds no memory")
	}
	most, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	for _, processors := range []int{2, 32} {
		t.Run(fmt.Sprintf("%d processors", processors), func(t *testing.T) {
			peak := crowdAtAServer(t, fmt.Sprintf("GOMAXPROCS=%d", processors), string(found[2]))
			t.Logf("%d MiB at most", peak>>10)
			if peak > most<<10 {
				t.Errorf("the server took %d MiB, and its unit gives it %d", peak>>10, most)
			}
		})
	}
}

// crowdAtAServer sends the crowd, and gives the server's resident peak in KiB.
func crowdAtAServer(t *testing.T, env ...string) (peak int) {
	h := emptyHouse(t, proxied)
	people := settlers(t, h.dir, 1, quickHasher(), firstPassword, func(int) bool { return false })
	p := &serverProcess{t: t, dir: h.dir, hasher: "real", trusted: h.trusted, env: env}
	p.run(0)
	const clients, each = 40, 25
	var ready, all sync.WaitGroup
	ready.Add(clients * each)
	var mu sync.Mutex
	answers := map[app.Code]int{}
	for i := range clients {
		c, done := clientOf(h.trusted, p.address, i, systemClock{})
		t.Cleanup(done)
		all.Go(func() {
			for range each {
				flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeSignIn, Key: key()})
				ready.Done()
				if err != nil {
					t.Error(err)
					continue
				}
				all.Go(func() {
					ready.Wait()
					_, err := c.Submit(t.Context(), flow.ID, flow.Rev, key(), app.SignIn{UserID: flow.Support, Password: app.NewSecret("not the one")})
					var told *app.Error
					if code := app.CodeOf(err); code == app.CodeBusy || code == app.CodeThrottled {
						if !errors.As(err, &told) || told.RetryAt.IsZero() {
							t.Errorf("%s, and not when to come back", code)
						}
					}
					mu.Lock()
					defer mu.Unlock()
					answers[app.CodeOf(err)]++
				})
			}
		})
	}
	ready.Wait()
	all.Wait()
	peak = p.status("VmHWM")
	if n := answers[app.CodeSignIn] + answers[app.CodeBusy] + answers[app.CodeThrottled]; n != clients*each || answers[app.CodeSignIn] < 100 {
		t.Errorf("the answers are %v", answers)
	}
	c, done := clientOf(h.trusted, p.address, clients, systemClock{})
	defer done()
	who := citizen{settler: &people[0], client: c, insist: func(f func() error) error { return f() }}
	if err := who.signIn(firstPassword); err != nil {
		t.Errorf("afterwards nobody can sign in: %v", err)
	}
	p.end()
	return peak
}
