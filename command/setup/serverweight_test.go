//go:build linux

package setup

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
