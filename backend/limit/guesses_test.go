package limit

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// locking is a model of how directories lock: they count failures within a window, of one kind or another, set the count back
// at a success, and lock for a while.
type locking struct {
	threshold int
	window    time.Duration // 0: it never forgets
	sliding   bool          // each failure is forgotten by itself (OpenLDAP); else all with the last (Active Directory)
	lockFor   time.Duration
	failures  []time.Time
	locked    time.Time
}

func (d *locking) counted(now time.Time) []time.Time {
	if d.window > 0 && len(d.failures) > 0 {
		if d.sliding {
			for len(d.failures) > 0 && !now.Before(d.failures[0].Add(d.window)) {
				d.failures = d.failures[1:]
			}
		} else if !now.Before(d.failures[len(d.failures)-1].Add(d.window)) {
			d.failures = nil
		}
	}
	return d.failures
}

// judge gives the verdict, and whether this guess locked the account.
func (d *locking) judge(right bool, now time.Time) (v Verdict, locks bool) {
	switch {
	case now.Before(d.locked):
		return Unjudged, false
	case right:
		d.failures = nil
		return Right, false
	}
	d.failures = append(d.counted(now), now)
	if len(d.failures) >= d.threshold {
		d.failures, d.locked = nil, now.Add(d.lockFor)
		return Counted, true
	}
	return Counted, false
}

func (d *locking) account(shown bool, now time.Time) port.DirectoryAccount {
	a := port.DirectoryAccount{Threshold: d.threshold, FailureWindow: d.window, ShowsFailures: shown}
	if failures := d.counted(now); shown && len(failures) > 0 {
		a.Failures, a.FailedAt = len(failures), failures[len(failures)-1]
	}
	return a
}

// asked is a guess on its way.
type asked struct {
	account port.DirectoryAccount
	arrives time.Time
	right   bool
	lost    bool // the server dies before the answer
}

// simulation has people guess at a model for a long time.
type simulation struct {
	t       *testing.T
	random  *rand.Rand
	policy  policy.Policy
	dir     locking
	shown   bool
	tx      rows
	now     time.Time
	onWay   []asked
	let     int
	atCount int // the highest count at which a guess was let through
}

var simKeys = GuessKeys{"ours", "elsewhere", "asked"}

// guess puts a guess on its way, where it is let through.
func (s *simulation) guess(right bool) {
	account := s.dir.account(s.shown, s.now)
	g := GuessesAt(&s.policy, account)
	closed, at, err := g.Opens(s.tx, simKeys, s.now)
	if err != nil {
		s.t.Fatal(err)
	}
	if closed && !at.IsZero() && !at.After(s.now) {
		s.t.Fatalf("no guess now, and the next one at %v, which is not later", at)
	}
	if closed {
		return
	}
	a, err := g.Admit(s.tx, simKeys, s.now)
	if err != nil || !a.Holds() {
		s.t.Fatalf("open, and not admitted: %v", err)
	}
	s.let++
	if len(s.onWay) == 0 && !s.now.Before(s.dir.locked) {
		s.atCount = max(s.atCount, len(s.dir.counted(s.now)))
	}
	delay := time.Duration(s.random.IntN(20_000)) * time.Millisecond
	s.onWay = append(s.onWay, asked{account, s.now.Add(delay), right, s.random.IntN(50) == 0})
}

// pass lets time pass, and has what arrives judged.
func (s *simulation) pass(d time.Duration) {
	until := s.now.Add(d)
	for {
		first := -1
		for i, a := range s.onWay {
			if !a.arrives.After(until) && (first < 0 || a.arrives.Before(s.onWay[first].arrives)) {
				first = i
			}
		}
		if first < 0 {
			s.now = until
			return
		}
		a := s.onWay[first]
		s.onWay = append(s.onWay[:first], s.onWay[first+1:]...)
		s.now = a.arrives
		v, locks := s.dir.judge(a.right, s.now)
		if locks {
			s.t.Fatalf("a guess locked the account: threshold %d, window %v, sliding %v, shown %v", s.dir.threshold, s.dir.window, s.dir.sliding, s.shown)
		}
		if a.lost {
			continue
		}
		if err := GuessesAt(&s.policy, a.account).Settle(s.tx, simKeys, v, s.now); err != nil {
			s.t.Fatal(err)
		}
	}
}

// TestThreatADirectoryAccountIsLockedThroughSigningIn: whatever threshold and window a directory has, whether it shows its
// count or not, and however slowly or quickly a stranger guesses, none of the guesses locks the account.
func TestThreatADirectoryAccountIsLockedThroughSigningIn(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through every case, one after the other: `make test` runs it without the race detector")
	}
	windows := []time.Duration{0, time.Minute, 3 * time.Minute, 31 * time.Minute, 2 * time.Hour, 26 * time.Hour}
	for threshold := 1; threshold <= 100; threshold++ {
		for i, window := range windows {
			for variant := range 4 {
				random := rand.New(rand.NewPCG(uint64(threshold), uint64(i*4+variant)))
				s := &simulation{
					t: t, random: random, policy: policy.Default(), tx: rows{}, now: noon, shown: variant&1 != 0,
					dir: locking{threshold: threshold, window: window, sliding: variant&2 != 0, lockFor: 30 * time.Minute},
				}
				s.policy.SignIn.BelowDirectory = 1 + random.IntN(10)
				s.run()
				if threshold > 1 && s.let == 0 {
					t.Errorf("threshold %d: nobody was let through", threshold)
				}
				if most := max(threshold-s.policy.SignIn.BelowDirectory, min(1, threshold-1)); s.atCount >= max(most, 1) {
					t.Errorf("threshold %d, %d below: a guess was let through at a count of %d", threshold, s.policy.SignIn.BelowDirectory, s.atCount)
				}
			}
		}
	}
}

// run has a stranger guess at every pace; the owner signs in at times, here, and where the directory shows its count
// elsewhere too, and types wrong passwords there.
func (s *simulation) run() {
	for range 60 {
		switch s.random.IntN(6) {
		case 0: // many at once
			for range 2 * s.dir.threshold {
				s.guess(false)
			}
		case 1: // one as soon as it may be
			for range s.random.IntN(10) {
				s.guess(false)
				s.pass(time.Minute)
			}
		case 2: // the owner, among the guesses
			s.guess(s.random.IntN(2) == 0)
		case 3:
			s.pass(s.dir.window + time.Duration(s.random.IntN(3)-1)*time.Second)
		case 4:
			s.pass(time.Duration(s.random.IntN(int(2 * time.Hour))))
		case 5:
			s.pass(time.Minute) // nothing is on its way
			if !s.shown {
				continue
			}
			right := s.random.IntN(3) == 0
			if !right && len(s.dir.counted(s.now)) >= s.dir.threshold-1 {
				continue // that would lock it, and not through here
			}
			_, _ = s.dir.judge(right, s.now)
		}
		s.tx.sweep(s.now)
	}
}

// TestADirectoryForgets: who was paused may try again as soon as the directory has forgotten, and is told when that is.
func TestADirectoryForgets(t *testing.T) {
	for _, shown := range []bool{true, false} {
		t.Run(fmt.Sprint("shown ", shown), func(t *testing.T) {
			s := &simulation{
				t: t, random: rand.New(rand.NewPCG(1, 2)), policy: policy.Default(), tx: rows{}, now: noon, shown: shown,
				dir: locking{threshold: 5, window: time.Hour, lockFor: time.Hour},
			}
			for range 10 {
				s.guess(false)
				s.pass(0)
			}
			s.pass(time.Minute)
			if s.let != 3 {
				t.Fatalf("%d guesses, want 3", s.let)
			}
			_, at, err := GuessesAt(&s.policy, s.dir.account(shown, s.now)).Opens(s.tx, simKeys, s.now)
			if err != nil {
				t.Fatal(err)
			}
			s.pass(at.Sub(s.now))
			s.pass(30 * time.Second)
			if s.guess(false); s.let != 4 {
				t.Errorf("at the time that was told no guess may be made")
			}
		})
	}
}

// TestAWindowThatNeverEndsIsNotPromised: no time is told where waiting does not help; a new password does.
func TestAWindowThatNeverEndsIsNotPromised(t *testing.T) {
	p, tx := policy.Default(), rows{}
	g := GuessesAt(&p, port.DirectoryAccount{Threshold: 4})
	for range 2 {
		if a, err := g.Admit(tx, simKeys, noon); err != nil || !a.Holds() {
			t.Fatal("not let through")
		}
		_ = g.Settle(tx, simKeys, Counted, noon)
	}
	later := noon.Add(400 * 24 * time.Hour)
	if closed, at, _ := g.Opens(tx, simKeys, later); !closed || !at.IsZero() {
		t.Errorf("a year later: closed %v, until %v", closed, at)
	}
	_ = g.Forget(tx, simKeys, later)
	if closed, _, _ := g.Opens(tx, simKeys, later); closed {
		t.Error("closed after a new password")
	}
}

// A right password while guesses are on their way forgets those before, and not these.
func TestGuessesOnTheirWayOutliveASuccess(t *testing.T) {
	p, tx := policy.Default(), rows{}
	g := GuessesAt(&p, port.DirectoryAccount{Threshold: 10})
	for range 8 {
		_, _ = g.Admit(tx, simKeys, noon)
	}
	_ = g.Settle(tx, simKeys, Right, noon)
	admitted := 0
	for range 10 {
		if a, _ := g.Admit(tx, simKeys, noon); a.Holds() {
			admitted++
		}
	}
	if admitted != 1 {
		t.Errorf("%d more are let through while seven are on their way, want 1", admitted)
	}
}
