package api_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/client/wire"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// Whether the time of a reply tells whom it is about: SPAREKEY_TIMING gives the number of samples of each state
// (`make timing`). docs/figures.md says how to read it. The order is drawn anew in each round, so that nothing that
// happens before (a cache, the collector, the disk) falls to one state more than to another.
func TestTimeTellsNothing(t *testing.T) {
	samples, err := strconv.Atoi(os.Getenv("SPAREKEY_TIMING"))
	if err != nil {
		t.Skip("timing is measured by `make timing`")
	}
	s := newStreet(t, core.Beat(10*time.Millisecond)) // a fifth of the usual one: all that is done here takes some 3 ms
	took := map[string]map[string][]float64{"user_id": {}, "reason": {}, "key": {}, "proof": {}, "mail": {}, "password": {}}
	timed := func(what, state, path, token, body string) *httptest.ResponseRecorder {
		before := time.Now()
		w := s.ask(path, token, body)
		took[what][state] = append(took[what][state], float64(time.Since(before).Microseconds()))
		if status := map[string]int{"password": 422, "proof": 422}[what]; w.Code != max(status, 200) {
			t.Fatalf("%s: %d %s", what, w.Code, w.Body)
		}
		return w
	}
	for n := 0; n < samples; n++ {
		i := n % houses
		for _, at := range rand.Perm(len(states)) {
			state := states[at]
			path, token := s.begin()
			timed("user_id", state, path, token, fmt.Sprintf(`{"rev":0,"input":{"type":"give_user_id","user_id":%q}}`, resident(state, i)))
			timed("reason", state, path, token, `{"rev":1,"input":{"type":"give_reason","reason":"forgot"}}`)
			asked := timed("key", state, path, token, `{"rev":2,"input":{"type":"choose","kind":"securitykey"}}`)
			timed("proof", state, path, token, wrongProof(t, asked, n))
			timed("mail", state, path, token, `{"rev":4,"input":{"type":"choose","kind":"email"}}`)
			path, token = s.beginFor("sign_in")
			timed("password", state, path, token, fmt.Sprintf(`{"rev":0,"input":{"type":"sign_in","user_id":%q,"password":"wrong %d"}}`, resident(state, i), n))
		}
		if i == houses-1 {
			s.now = s.now.Add(49 * time.Hour) // past every throttle and lock
			s.ok(s.service.Sweep(t.Context()))
		}
	}
	for what, of := range took {
		known := of[states[0]]
		for _, state := range states[1:] {
			p, z := superiority(known, of[state])
			t.Logf("%-8s %-11s median %6.0f µs, registered %6.0f µs; P(slower) %.3f, z %+.1f", what, state, median(of[state]), median(known), p, z)
			if math.Abs(p-0.5) > tellsApart {
				t.Errorf("%s: the time tells %s from a registered account", what, state)
			}
		}
	}
}

// wrongProof is an input that claims one of the keys which a reply asks for, each in its turn.
func wrongProof(t *testing.T, asked *httptest.ResponseRecorder, n int) string {
	t.Helper()
	var flow wire.Flow
	if err := json.Unmarshal(asked.Body.Bytes(), &flow); err != nil {
		t.Fatal(err)
	}
	get := *flow.Domain().Now.(app.UseKey).Get
	get.Allow = get.Allow[n%len(get.Allow):]
	proof := wire.Input{Input: app.GiveKey{Answer: (&keytest.Key{}).Claim(get)}}
	body, err := json.Marshal(map[string]any{"rev": 3, "input": proof})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// tellsApart is how far the probability may lie from a half that a reply about one state takes longer than a reply
// about another: beyond it, some dozens of samples would do to tell them apart.
const tellsApart = 0.05

// superiority is the probability that one of b is greater than one of a (Mann and Whitney's U over all pairs), and how many
// standard deviations that lies from a half.
func superiority(a, b []float64) (p, z float64) {
	all := slices.Concat(a, b)
	slices.Sort(all)
	rank := func(v float64) float64 {
		low, _ := slices.BinarySearch(all, v)
		high, _ := slices.BinarySearchFunc(all, v, func(x, v float64) int {
			if x <= v {
				return -1
			}
			return 1
		})
		return float64(low+high+1) / 2 // ties share theirs
	}
	n, m, sum := float64(len(a)), float64(len(b)), 0.0
	for _, v := range b {
		sum += rank(v)
	}
	u := sum - m*(m+1)/2
	return u / (n * m), (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

func TestSuperiority(t *testing.T) {
	for _, c := range []struct {
		a, b []float64
		want float64
	}{
		{[]float64{1, 2, 3}, []float64{4, 5, 6}, 1}, {[]float64{4, 5}, []float64{1, 2, 3}, 0}, {[]float64{1, 2}, []float64{1, 2}, 0.5},
		{[]float64{1, 3}, []float64{2, 4}, 0.75},
	} {
		if p, _ := superiority(c.a, c.b); p != c.want {
			t.Errorf("%v against %v: %v, want %v", c.b, c.a, p, c.want)
		}
	}
}
