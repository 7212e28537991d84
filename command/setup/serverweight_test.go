//go:build linux

package setup

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the server that people install weighs: `make bench-server` names it by SPAREKEY_PROGRAM.

// installed is that server.
type installed struct {
	b       *testing.B
	command *exec.Cmd
	public  string
	took    time.Duration // from start to ready
}

// startInstalled starts it on the folder of a house.
func startInstalled(b *testing.B, dir string) *installed {
	b.Helper()
	args := append(pinned(), os.Getenv("SPAREKEY_PROGRAM"), "serve", "--config", filepath.Join(dir, "server.toml"))
	s := &installed{b: b, command: exec.Command(args[0], args[1:]...)}
	said, err := s.command.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := s.command.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		var l struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Msg == "the server is ready" {
			s.public, s.took = l.Address, time.Since(began)
			break
		}
	}
	if s.public == "" {
		b.Fatalf("the server did not start: %s", lines.Text())
	}
	go func() {
		for lines.Scan() {
		}
	}()
	return s
}

func (s *installed) end() {
	s.b.Helper()
	if err := s.command.Process.Signal(os.Interrupt); err != nil {
		s.b.Fatal(err)
	}
	if err := s.command.Wait(); err != nil {
		s.b.Errorf("the server ends: %v", err)
	}
}

// pss is its share of the machine's memory, in MiB.
func (s *installed) pss() float64 {
	s.b.Helper()
	return float64(procFigure(s.b, fmt.Sprintf("/proc/%d/smaps_rollup", s.command.Process.Pid), "Pss")) / 1024
}

// used is the processor time of all its threads so far.
func (s *installed) used() (all time.Duration) {
	s.b.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.command.Process.Pid))
	if err != nil {
		s.b.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // a thread that has ended
		}
		var n time.Duration
		if _, err := fmt.Sscan(string(text), &n); err != nil {
			s.b.Fatal(err)
		}
		all += n
	}
	return all
}

// idle is how long it is looked at while nobody asks.
const idle = 20 * time.Second

func BenchmarkServerWeight(b *testing.B) {
	if b.N == 1 {
		return
	}
	if os.Getenv("SPAREKEY_PROGRAM") == "" {
		b.Skip("SPAREKEY_PROGRAM names no server")
	}
	registered := runs(b, "SPAREKEY_PEOPLE", 100_000)
	empty, full := ownPeople(b), ownPeople(b)
	people := settlers(b, full.dir, registered, hashers["quick"], "", func(int) bool { return true })

	var first, crowded []time.Duration
	for range 5 {
		for dir, took := range map[string]*[]time.Duration{empty.dir: &first, full.dir: &crowded} {
			s := startInstalled(b, dir)
			*took = append(*took, s.took)
			s.end()
		}
	}
	median := func(all []time.Duration) float64 { slices.Sort(all); return all[len(all)/2].Seconds() * 1000 }
	tell(b, figure{Name: fmt.Sprintf("start to ready, %d people registered", registered), Value: median(crowded), Unit: "ms"}.
		beside("nobody registered", median(first)).atMost(300).ofValue())

	s := startInstalled(b, full.dir)
	time.Sleep(5 * time.Second)
	before, began := s.used(), time.Now()
	time.Sleep(idle)
	share := 100 * (s.used() - before).Seconds() / time.Since(began).Seconds()
	rest := s.pss()
	tell(b, figure{Name: "idle server, memory (PSS)", Value: rest, Unit: "MiB"}.atMost(40))
	tell(b, figure{Name: "idle server, processor", Value: share, Unit: "%"}.atMost(0.2))

	flows := min(runs(b, "SPAREKEY_FLOWS", 10_000), len(people))
	var all sync.WaitGroup
	const clients = 50
	for i := range clients {
		all.Go(func() {
			t := transportTo(full.trusted, func() string { return s.public })
			defer t.CloseIdleConnections()
			for at := i; at < flows; at += clients {
				p := citizen{settler: &people[at], client: clientFrom(t, at, systemClock{}), now: time.Now, insist: patient}
				if err := p.begin(); err != nil {
					b.Errorf("flow %d: %v", at, err)
					return
				}
			}
		})
	}
	all.Wait()
	just := s.pss()
	time.Sleep(5 * time.Second)
	tell(b, figure{Name: fmt.Sprintf("memory (PSS) when %d flows were opened", flows), Value: just, Unit: "MiB"}.beside("idle", rest).atMost(100).ofValue())
	tell(b, figure{Name: "and 5 s later", Value: s.pss(), Unit: "MiB"}.beside("idle", rest).atMost(100).ofValue())
	s.end()
}

// BenchmarkServerDisk has the kernel's calls of a server written down while one client resets.
func BenchmarkServerDisk(b *testing.B) {
	if b.N == 1 {
		return
	}
	trace := filepath.Join(b.TempDir(), "trace")
	n := min(b.N, 100)
	r := newResetting(b, n, "quick", "strace", "-f", "-ttt", "-T", "-o", trace, "-e", "trace=fsync,fdatasync,pwrite64")
	var calls []span
	t := r.connect()
	defer t.CloseIdleConnections()
	before := wallclock(time.Now())
	for i := range r.people {
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
	syncs, bytes, writes := readTrace(string(text), before, after)
	most := 0
	for _, call := range calls {
		within := 0
		for _, at := range syncs {
			if at >= call.from && at <= call.to {
				within++
			}
		}
		most = max(most, within)
	}
	each := float64(n)
	tell(b, figure{Name: "bytes written for a reset, one client", Value: float64(bytes) / each / 1024, Unit: "KiB"})
	tell(b, figure{Name: "writes for a reset", Value: float64(writes) / each, Unit: ""})
	tell(b, figure{Name: "fsyncs for a reset", Value: float64(len(syncs)) / each, Unit: ""})
	tell(b, figure{Name: "the most fsyncs during one call", Value: float64(most), Unit: ""}.atMost(2))
}

// span is when a call began and ended, in seconds since 1970.
type span struct{ from, to float64 }

func wallclock(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// readTrace gives when each fsync ended, and what was written, between two times.
func readTrace(trace string, from, to float64) (syncs []float64, bytes, writes int) {
	for line := range strings.Lines(trace) {
		found := traced.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		var at, took float64
		var result int
		if _, err := fmt.Sscan(found[1], &at); err != nil || at < from || at > to {
			continue
		}
		_, _ = fmt.Sscan(found[3], &result)
		_, _ = fmt.Sscan(found[4], &took)
		if found[2] == "pwrite64" {
			bytes, writes = bytes+result, writes+1
		} else {
			syncs = append(syncs, at)
		}
	}
	return syncs, bytes, writes
}

// traced is a line of strace -f -ttt -T: "PID TIME CALL(…) = RESULT <SECONDS>", or what resumes one.
var traced = regexp.MustCompile(`^\d+ +(\d+\.\d+) (?:<\.\.\. )?(fsync|fdatasync|pwrite64)(?:\(| resumed).* = (-?\d+) <([\d.]+)>`)
