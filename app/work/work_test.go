package work_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
)

func easy() app.ProveWork {
	return app.ProveWork{Salt: []byte("0123456789abcdef"), Memory: 8, Passes: 1, Bits: 6}
}

func TestSolved(t *testing.T) {
	p := easy()
	nonce, err := work.Solve(t.Context(), p, 3)
	if err != nil || !work.Holds(p, nonce) {
		t.Fatalf("%d, %v", nonce, err)
	}
	for _, other := range []app.ProveWork{
		{Salt: []byte("0123456789abcdeg"), Memory: 8, Passes: 1, Bits: 6}, {Salt: p.Salt, Memory: 16, Passes: 1, Bits: 6},
		{Salt: p.Salt, Memory: 8, Passes: 2, Bits: 6},
	} {
		if work.Holds(other, nonce) {
			t.Errorf("the solution of %+v solves %+v", p, other)
		}
	}
}

// A random number is one of 64 that hold.
func TestItTakesWork(t *testing.T) {
	held := 0
	for nonce := range int64(6400) {
		if work.Holds(easy(), nonce) {
			held++
		}
	}
	if held < 60 || held > 145 {
		t.Errorf("%d of 6400 numbers hold, want about 100", held)
	}
}

func TestSolvingIsCancelled(t *testing.T) {
	p := easy()
	p.Bits = 12
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := work.Solve(ctx, p, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// No server can make a window work for minutes, or take its memory.
func TestTooMuchIsNeverBegun(t *testing.T) {
	for _, change := range []func(*app.ProveWork){
		func(p *app.ProveWork) { p.Bits = 13 }, func(p *app.ProveWork) { p.Bits = -1 }, func(p *app.ProveWork) { p.Memory = 1 << 20 },
		func(p *app.ProveWork) { p.Memory = 0 }, func(p *app.ProveWork) { p.Passes = 0 }, func(p *app.ProveWork) { p.Passes = 5 },
		func(p *app.ProveWork) { p.Salt = nil },
	} {
		p := easy()
		change(&p)
		if _, err := work.Solve(t.Context(), p, 1); app.CodeOf(err) != app.CodeBadRequest || work.Holds(p, 0) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func FuzzHolds(f *testing.F) {
	f.Add([]byte("0123456789abcdef"), 8, 1, 6, int64(7))
	f.Add([]byte{}, -1, -1, -1, int64(-1))
	f.Fuzz(func(t *testing.T, salt []byte, memory, passes, bits int, nonce int64) {
		if memory > 64 && memory <= 64*1024 {
			memory = 64 // what is slow is measured elsewhere
		}
		p := app.ProveWork{Salt: salt, Memory: memory, Passes: passes, Bits: bits}
		if held := work.Holds(p, nonce); held && (nonce < 0 || bits < 0 || len(salt) != 16) || held != work.Holds(p, nonce) {
			t.Errorf("%+v with %d: %v", p, nonce, held)
		}
	})
}

func puzzle() app.ProveWork {
	return app.ProveWork{Salt: []byte("0123456789abcdef"), Memory: work.Default.Memory, Passes: work.Default.Passes, Bits: work.Default.Bits}
}

// BenchmarkSolve is what a person waits for, on every core.
func BenchmarkSolve(b *testing.B) {
	p := puzzle()
	for i := 0; b.Loop(); i++ {
		p.Salt[0], p.Salt[1] = byte(i), byte(i>>8)
		if _, err := work.Solve(b.Context(), p, runtime.NumCPU()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHolds is what the server pays.
func BenchmarkHolds(b *testing.B) {
	for b.Loop() {
		work.Holds(puzzle(), 1)
	}
}
