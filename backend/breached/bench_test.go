package breached

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/password"
)

// many is how many entries the benchmark's list has.
const many = 10_000_000

// generated writes a list of so many hashes in order, the same in each run.
func generated(w io.Writer, n uint64) error {
	random := rand.New(rand.NewPCG(1, 2))
	step := math.MaxUint64 / n
	for i := range n {
		if _, err := fmt.Fprintf(w, "%016X%024X:1\n", i*step+random.Uint64N(step), 0); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkJudge judges passwords as a submit does (rules, a thousand of the organisation's terms, leaked ones) with a
// filter of 10 million entries. The filter is built before, once.
func BenchmarkJudge(b *testing.B) {
	path := filepath.Join(b.TempDir(), "breached.filter")
	in, out := io.Pipe()
	go func() { out.CloseWithError(generated(out, many)) }()
	began := time.Now()
	if _, err := Build(in, path, Options{}); err != nil {
		b.Fatal(err)
	}
	building := time.Since(began)
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	before := heap()
	began = time.Now()
	f := opened(b, path)
	opening := time.Since(began)
	kept := heap() - before

	terms := make([]string, 1000)
	for i := range terms {
		terms[i] = fmt.Sprintf("harbour%d", i)
	}
	rules := app.PasswordRules{MinLength: 15, MaxLength: 256, Forbidden: []string{"Okafor"}, Banned: true, OwnTerms: true, Common: true, Breached: true}
	judge := func(b *testing.B, text string) {
		took := make([]time.Duration, 0, b.N)
		for b.Loop() {
			began := time.Now()
			_, broken := password.First(password.Judge(rules, text))
			guessable := password.Guessable(text, terms)
			leaked, err := f.Contains(app.NewSecret(text))
			took = append(took, time.Since(began))
			if broken || guessable || leaked || err != nil {
				b.Fatal(broken, guessable, leaked, err)
			}
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(info.Size())/1e6, "file-MB")
		b.ReportMetric(kept/1e6, "heap-MB")
		b.ReportMetric(building.Seconds(), "build-s")
		b.ReportMetric(float64(opening.Milliseconds()), "open-ms")
	}
	b.Run("passphrase", func(b *testing.B) { judge(b, "harbour lamp seven") })
	b.Run("longest", func(b *testing.B) { judge(b, strings.Repeat("harbour lamp ", 19)) })
	b.Run("lookup", func(b *testing.B) {
		for b.Loop() {
			if _, err := f.Contains(app.NewSecret("harbour lamp seven")); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// heap is what the process keeps, in bytes.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
