package limit

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

var noon = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

func TestRate(t *testing.T) {
	r := Rate{Every: time.Second, Burst: 3}
	var c port.Counter
	var retry time.Time
	for i, step := range []struct {
		after time.Duration
		wait  time.Duration // 0: taken
	}{
		{0, 0}, {0, 0}, {0, 0}, {0, time.Second}, {999 * time.Millisecond, time.Second}, {time.Second, 0},
		{time.Second, 2 * time.Second}, {10 * time.Second, 0}, {10 * time.Second, 0}, {10 * time.Second, 0},
		{10 * time.Second, 11 * time.Second},
	} {
		c, retry = r.Take(c, noon.Add(step.after))
		want := time.Time{}
		if step.wait != 0 {
			want = noon.Add(step.wait)
		}
		if !retry.Equal(want) {
			t.Errorf("event %d at %v: retry at %v, want %v", i, step.after, retry, want)
		}
	}
}

// rows is a port.CounterTx in memory.
type rows map[string]port.Counter

func (r rows) Counter(key string) (port.Counter, error) {
	if c, ok := r[key]; ok {
		return c, nil
	}
	return port.Counter{Key: key}, nil
}

func (r rows) PutCounter(c port.Counter) error {
	r[c.Key] = c
	return nil
}

func (r rows) ExpiredCounters(t time.Time, _ int) (keys []string, err error) {
	for key, c := range r {
		if c.Expiry.Before(t) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

func (r rows) DropCounters(keys []string, _ time.Time) (int, error) {
	for _, key := range keys {
		delete(r, key)
	}
	return len(keys), nil
}

// sweep drops what is over.
func (r rows) sweep(t time.Time) {
	keys, _ := r.ExpiredCounters(t, 0)
	_, _ = r.DropCounters(keys, t)
}

func TestWindowNeverLetsMoreThroughInAnySpan(t *testing.T) {
	w, tx := SlidingWindow{N: 3, Span: time.Minute}, rows{}
	var taken []time.Time
	for second := range 600 {
		now := noon.Add(time.Duration(second*7%11+second) * time.Second / 2)
		if len(taken) > 0 && now.Before(taken[len(taken)-1]) {
			continue
		}
		tx.sweep(now)
		retry, err := w.Allow(tx, "k", now)
		if err != nil {
			t.Fatal(err)
		}
		open := len(taken) < 3 || !now.Before(taken[len(taken)-3].Add(time.Minute))
		if retry.IsZero() != open {
			t.Fatalf("at %v: allowed %v, want %v", now, retry.IsZero(), open)
		}
		if open {
			taken = append(taken, now)
		} else if want := taken[len(taken)-3].Add(time.Minute); !retry.Equal(want) {
			t.Fatalf("at %v: retry at %v, want %v", now, retry, want)
		}
	}
	if len(taken) < 10 {
		t.Fatalf("only %d events were taken", len(taken))
	}
}

func TestWindowRecords(t *testing.T) {
	w, tx := SlidingWindow{N: 3, Span: time.Minute}, rows{}
	for i, c := range []struct {
		after time.Duration
		full  bool
	}{
		{0, false}, {30 * time.Second, false}, {60 * time.Second, false}, {89 * time.Second, true}, {200 * time.Second, false},
	} {
		full, err := w.Record(tx, "k", noon.Add(c.after))
		if err != nil || full != c.full {
			t.Errorf("event %d at %v: full %v, want %v (%v)", i, c.after, full, c.full, err)
		}
	}
	if err := Forget(tx, "k", noon); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if full, _ := w.Record(tx, "k", noon.Add(201*time.Second)); full {
			t.Error("what was forgotten still counts")
		}
	}
}

func TestBackoff(t *testing.T) {
	p := Backoff{Failures: 2, First: time.Minute}
	c, now := port.Counter{}, noon
	for i, want := range []time.Duration{0, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute,
		32 * time.Minute, time.Hour, time.Hour} {
		var retry time.Time
		if c, retry = p.Fail(c, now); !retry.IsZero() {
			t.Fatalf("failure %d is refused until %v", i+1, retry)
		}
		if got := max(c.Until.Sub(now), 0); got != want {
			t.Errorf("failure %d pauses for %v, want %v", i+1, got, want)
		}
		if want > 0 {
			if _, retry = p.Fail(c, c.Until.Add(-1)); !retry.Equal(c.Until) {
				t.Errorf("a try in pause %d is let through", i+1)
			}
			now = c.Until
		}
	}
	if c = p.Forgive(port.Counter{Count: 2, Until: noon}); c.Count != 1 || !c.Until.IsZero() {
		t.Errorf("forgiven: %+v", c)
	}
	if c, _ = p.Fail(c, now.Add(48*time.Hour)); c.Count != 2 {
		t.Errorf("without an expiry nothing is forgotten: %+v", c)
	}
	if c, _ = p.Fail(c, now.Add(96*time.Hour)); c.Count != 1 {
		t.Errorf("after a day failures are forgotten: %+v", c)
	}
}

// A limit that nobody defined must not let anything pass.
func TestZeroValuesLetNothingPass(t *testing.T) {
	tx := rows{}
	for _, r := range (NetworkUse{}).Rates("2001:db8::1", false) {
		if _, retry := r.Rate.Take(port.Counter{}, noon); !retry.After(noon) {
			t.Error("a use that has no rate was taken")
		}
	}
	if retry, err := (SlidingWindow{}).Allow(tx, "k", noon); err != nil || !retry.After(noon) {
		t.Errorf("a window without figures let an event pass: %v, %v", retry, err)
	}
	if full, err := (Row{}).Full(tx, "row"); err != nil || !full {
		t.Error("a row without figures is open")
	}
	if err := TakeQuotas(tx, []Quota{{}}, noon); err == nil {
		t.Error("a quota without a window was taken from")
	}
	if a, err := (Guesses{}).Admit(tx, GuessKeys{"a", "b", "c"}, noon); err != nil || a.Holds() || (Admission{}).Holds() {
		t.Error("a bound without figures admits a guess")
	}
	if c, _ := (Backoff{}).Fail(port.Counter{}, noon); !c.Until.After(noon) {
		t.Error("a backoff without figures makes no pause")
	}
	defer func() {
		if recover() == nil {
			t.Error("a counter without a name has a key")
		}
	}()
	(Counter{}).Key(make([]byte, 32))
}

// Threat: one mailbox, spelt in many ways, has as many budgets.
func TestFoldAddress(t *testing.T) {
	for address, want := range map[string]string{
		"victim@home.example": "victim@home.example", "VicTim@home.example": "victim@home.example",
		"v.ic.tim@home.example": "victim@home.example", "victim+a+b@HOME.example": "victim@home.example",
		"+victim@home.example": "+victim@home.example", "...@home.example": "...@home.example", "no address": "no address", "": "",
		"a@b@c.example": "a@b@c.example",
	} {
		if got := FoldAddress(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// TestGuesserHasAnEnd holds what no window does: however long somebody waits between the tries, the last of N ends them, until
// it is forgotten.
func TestGuesserHasAnEnd(t *testing.T) {
	tx, now, row := rows{}, noon, Row{N: 4}
	for round := range 2 {
		for n := 1; n <= 6; n++ {
			now = now.Add(time.Duration(n) * 24 * 365 * time.Hour)
			tx.sweep(now)
			open, err := row.Full(tx, "k")
			if err != nil || open != (n > 4) {
				t.Errorf("round %d, before try %d: full %v, %v", round, n, open, err)
			}
			if full, err := row.Record(tx, "k", now); err != nil || full != (n >= 4) {
				t.Errorf("round %d, try %d: full %v, %v", round, n, full, err)
			}
		}
		if err := Forget(tx, "k", now); err != nil {
			t.Fatal(err)
		}
	}
}

// Threat: the clock was wrong, and what was counted by it shuts people out, for years maybe, once it is put right. No limit
// believes a time that it can't have set; what it could have set, it believes as ever.
func TestNoLimitBelievesATimeThatItCanNotHaveSet(t *testing.T) {
	for _, back := range []time.Duration{2 * time.Hour, 25 * time.Hour, 3 * 365 * 24 * time.Hour} {
		wrong := noon.Add(back)
		rate := Rate{Every: time.Second, Burst: 3}
		var c port.Counter
		for range 3 {
			c, _ = rate.Take(c, wrong)
		}
		for i := range 4 {
			var retry time.Time
			if c, retry = rate.Take(c, noon); retry.IsZero() != (i < 3) {
				t.Errorf("%v back: event %d of a rate: %v", back, i, retry)
			}
		}
		pause := Backoff{Failures: 1, First: time.Minute}
		if c, _ = pause.Fail(port.Counter{}, wrong); c.Until.IsZero() {
			t.Fatal("no pause")
		}
		c, retry := pause.Fail(c, noon)
		if !retry.IsZero() || c.Count != 2 {
			t.Errorf("%v back: a failure waits until %v, after %d", back, retry, c.Count)
		}
		if _, retry = pause.Fail(c, noon); !retry.After(noon) {
			t.Errorf("%v back: the next one makes no pause", back)
		}
		for _, w := range []SlidingWindow{{N: 3, Span: time.Minute}, {N: 2, Span: 24 * time.Hour}, {N: 1, Span: 30 * 24 * time.Hour}} {
			tx := rows{}
			for range w.N {
				_, _ = w.Record(tx, "k", wrong)
			}
			for i := range w.N + 1 {
				retry, err := w.Allow(tx, "k", noon)
				if err != nil || retry.IsZero() != (i < w.N) {
					t.Errorf("%v back, %+v: event %d: %v, %v", back, w, i, retry, err)
				}
			}
			for range w.N {
				_, _ = w.Record(tx, "r", wrong)
			}
			for i := range w.N {
				if full, _ := w.Record(tx, "r", noon); full != (i == w.N-1) {
					t.Errorf("%v back, %+v: record %d is full %v", back, w, i, full)
				}
			}
		}
	}
}
