//go:build linux

package setup

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkServerDisk has the kernel's calls of a server written down while one client resets.
func BenchmarkServerDisk(b *testing.B) {
	if b.N == 1 {
		return
	}
	trace := filepath.Join(b.TempDir(), "trace")
	n := min(b.N, 100)
	r := newResetting(b, n+1, "quick", "strace", "-f", "-y", "-ttt", "-T", "-o", trace, "-e", "trace=fsync,fdatasync,pwrite64")
	t := r.connect()
	defer t.CloseIdleConnections()
	if err := r.reset(n, t); err != nil { // files that are made with the first one
		b.Fatal(err)
	}
	var calls []span
	before := wallclock(time.Now())
	for i := range n {
		if err := r.reset(i, spans{t, &calls}); err != nil {
			b.Fatal(err)
		}
	}
	after := wallclock(time.Now())
	r.server.end()
	text, err := os.ReadFile(trace)
	if err != nil {
		b.Fatal(err)
	}
	did := readTrace(string(text), before, after)
	all, kept := did.mostSyncs(calls, len(calls)/n)
	each := float64(n)
	tell(b, figure{Name: "written for a reset, by one client", Value: float64(did.bytes) / each / 1024, Unit: "KiB"})
	tell(b, figure{Name: "writes for a reset", Value: float64(did.writes) / each})
	tell(b, figure{Name: "fsyncs for a reset", Value: float64(len(did.syncs)) / each})
	tell(b, figure{Name: "the most fsyncs before an answer", Value: float64(all)}.beside("without the local directory's", float64(kept)).atMost(2).ofValue())
}

// span is when a call began and ended, in seconds since 1970.
type span struct{ from, to float64 }

func wallclock(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// spans notes when each call of one client began and ended.
type spans struct {
	http.RoundTripper
	all *[]span
}

func (s spans) RoundTrip(r *http.Request) (*http.Response, error) {
	began := wallclock(time.Now())
	reply, err := s.RoundTripper.RoundTrip(r)
	*s.all = append(*s.all, span{began, wallclock(time.Now())})
	return reply, err
}

// flush is when an fsync ended, and whether it was of the local directory's file.
type flush struct {
	at        float64
	directory bool
}

// traced is what a process had the disk do.
type traced struct {
	syncs         []flush
	bytes, writes int
}

// mostSyncs looks at the same call of every reset, of which there are each: how many fsyncs half of them waited for, at the call
// with the most, of all files, and of those that are not the local directory's. Now and then one of what goes on beside falls in.
func (d traced) mostSyncs(calls []span, each int) (all, kept int) {
	alls, kepts := make([][]int, each), make([][]int, each)
	for i, call := range calls {
		a, k := 0, 0
		for _, s := range d.syncs {
			if s.at < call.from || s.at > call.to {
				continue
			}
			if a++; !s.directory {
				k++
			}
		}
		alls[i%each], kepts[i%each] = append(alls[i%each], a), append(kepts[i%each], k)
	}
	for i := range each {
		slices.Sort(alls[i])
		slices.Sort(kepts[i])
		all, kept = max(all, alls[i][len(alls[i])/2]), max(kept, kepts[i][len(kepts[i])/2])
	}
	return all, kept
}

// kernelCall is a line of strace -f -y -ttt: "PID TIME CALL(…) = RESULT <SECONDS>", or the part of one that was interrupted.
var kernelCall = regexp.MustCompile(`^(\d+) +(\d+\.\d+) (<\.\.\. )?(fsync|fdatasync|pwrite64)(.*?)(?: = (\d+) <[\d.]+>)?\n$`)

// readTrace reads what happened between two times.
func readTrace(trace string, from, to float64) (did traced) {
	begun := map[string]string{} // by process: what its interrupted call was about
	for line := range strings.Lines(trace) {
		found := kernelCall.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		process, call, about := found[1], found[4], found[5]
		if found[6] == "" {
			begun[process] = about
			continue
		}
		if found[3] != "" {
			about = begun[process]
		}
		var at float64
		var n int
		if _, err := fmt.Sscan(found[2], &at); err != nil || at < from || at > to {
			continue
		}
		if _, err := fmt.Sscan(found[6], &n); err != nil {
			continue
		}
		if call == "pwrite64" {
			did.bytes, did.writes = did.bytes+n, did.writes+1
		} else {
			did.syncs = append(did.syncs, flush{at, strings.Contains(about, "/directory.db")})
		}
	}
	return did
}

// TestATraceIsRead: calls that others interrupted, and those before the time, as strace writes them.
func TestATraceIsRead(t *testing.T) {
	did := readTrace(`7 9.000000 fsync(3</data/sparekey.db-wal>) = 0 <0.001>
7 10.000000 pwrite64(3</data/sparekey.db-wal>, "\x07"..., 4096, 24) = 4096 <0.000010>
7 10.100000 fsync(3</data/sparekey.db-wal>) = 0 <0.001>
8 10.200000 fsync(5</data/directory.db-wal> <unfinished ...>
7 10.250000 pwrite64(3</data/sparekey.db-wal>, ""..., 24, 0) = 24 <0.000010>
8 10.300000 <... fsync resumed>) = 0 <0.100000>
`, 9.5, 11)
	if did.bytes != 4120 || did.writes != 2 || len(did.syncs) != 2 {
		t.Errorf("it did %+v", did)
	}
	if all, kept := did.mostSyncs([]span{{10, 10.15}, {10.05, 10.4}}, 2); all != 2 || kept != 1 {
		t.Errorf("the most are %d, %d", all, kept)
	}
}
