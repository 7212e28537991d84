package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// crowd is a store, and updates that wait for each other.
type crowd struct {
	t    *testing.T
	s    *Store
	path string
	done sync.WaitGroup
	let  chan struct{} // closed to let the first go on
	mu   sync.Mutex
	errs map[string]error
}

// newCrowd has a first update hold the writer.
func newCrowd(t *testing.T) *crowd {
	t.Helper()
	c := &crowd{t: t, path: filepath.Join(t.TempDir(), "sparekey.db"), let: make(chan struct{}), errs: map[string]error{}}
	s, err := Open(t.Context(), c.path, plain{})
	if err != nil {
		t.Fatal(err)
	}
	c.s = s
	t.Cleanup(func() { _ = s.Close() })
	begun := make(chan struct{})
	c.update("first", func(tx port.Tx) error {
		close(begun)
		<-c.let
		return count(tx, "first")
	})
	<-begun
	return c
}

func count(tx port.Tx, key string) error { return tx.PutCounter(port.Counter{Key: key, Count: 1}) }

// update runs f beside the others.
func (c *crowd) update(name string, f func(port.Tx) error) {
	c.beside(name, func() error { return c.s.Update(c.t.Context(), f) })
}

func (c *crowd) beside(name string, do func() error) {
	c.done.Go(func() {
		err := errors.New("it did not return")
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			c.errs[name] = err
		}()
		err = do()
	})
}

// waiting waits until so many stand in a queue.
func (c *crowd) waiting(in func() int, n int) {
	for {
		c.s.writer.mu.Lock()
		now := in()
		c.s.writer.mu.Unlock()
		if now == n {
			return
		}
		runtime.Gosched()
	}
}

func (c *crowd) inLine() int { return len(c.s.writer.line) }
func (c *crowd) late() int   { return len(c.s.writer.late) }

// goOn lets all end.
func (c *crowd) goOn() {
	close(c.let)
	c.done.Wait()
}

// commits counts the commits in the write-ahead log: a frame's header names the size of the database where a commit ends with it
// (SQLite's file format, 4.1).
func (c *crowd) commits() (n int) {
	log, err := os.ReadFile(c.path + "-wal")
	if err != nil {
		c.t.Fatal(err)
	}
	const header, page = 32, 24 + 4096
	for at := header; at+page <= len(log); at += page {
		if binary.BigEndian.Uint32(log[at+4:]) != 0 {
			n++
		}
	}
	return n
}

// kept reports whether an update's counter is there.
func (c *crowd) kept(name string) (kept bool) {
	err := c.s.View(c.t.Context(), func(tx port.Tx) error {
		counter, err := tx.Counter(name)
		kept = counter.Count > 0
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return kept
}

func TestUpdatesThatWaitShareACommit(t *testing.T) {
	c := newCrowd(t)
	before := c.commits()
	var firsts int
	for n := range 20 {
		name := fmt.Sprint("part ", n)
		c.update(name, func(tx port.Tx) error {
			if _, first := tx.Round(); first {
				firsts++
			}
			return count(tx, name)
		})
	}
	c.waiting(c.inLine, 20)
	c.goOn()
	if n := c.commits() - before; n != 1 || firsts != 0 {
		t.Errorf("%d commits, %d began one", n, firsts)
	}
	for name, err := range c.errs {
		if err != nil || !c.kept(name) {
			t.Errorf("%s: %v, kept %v", name, err, c.kept(name))
		}
	}
}

func TestAPartThatFailsTakesNoOtherWithIt(t *testing.T) {
	c := newCrowd(t)
	failed := errors.New("failed")
	for _, name := range []string{"a", "b", "c"} {
		c.update(name, func(tx port.Tx) error { return count(tx, name) })
		c.update("failing "+name, func(tx port.Tx) error { return errors.Join(count(tx, "failing "+name), failed) })
		c.update("panicking "+name, func(tx port.Tx) error {
			if err := count(tx, "panicking "+name); err != nil {
				return err
			}
			panic("on the way")
		})
	}
	c.waiting(c.inLine, 9)
	c.goOn()
	for _, name := range []string{"a", "b", "c"} {
		if err := c.errs[name]; err != nil || !c.kept(name) {
			t.Errorf("%s: %v, kept %v", name, err, c.kept(name))
		}
		if err := c.errs["failing "+name]; !errors.Is(err, failed) || c.kept("failing "+name) {
			t.Errorf("a part that failed: %v, kept %v", err, c.kept("failing "+name))
		}
		if err := c.errs["panicking "+name]; fmt.Sprint(err) != "panic: on the way" || c.kept("panicking "+name) {
			t.Errorf("a part that panicked: %v, kept %v", err, c.kept("panicking "+name))
		}
	}
	if err := c.s.Update(t.Context(), func(tx port.Tx) error { return count(tx, "afterwards") }); err != nil || !c.kept("afterwards") {
		t.Errorf("afterwards: %v", err)
	}
}

// TestNobodyIsToldOfWhatIsNotKept: where the disk is full in the middle of a round, an update that returned nil is there, and
// one that returned an error is not.
func TestNobodyIsToldOfWhatIsNotKept(t *testing.T) {
	c := newCrowd(t)
	var pages int
	if err := c.s.writer.conn.Row(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	for n := range 9 {
		name := fmt.Sprint("part ", n)
		c.update(name, func(tx port.Tx) error {
			if n == 4 {
				var most int
				if err := c.s.writer.conn.Row(fmt.Sprint(`PRAGMA max_page_count = `, pages+4)).Scan(&most); err != nil {
					return err
				}
				return tx.PutFlow(port.FlowRecord{ID: "large", State: make([]byte, 1<<20)})
			}
			return count(tx, name)
		})
		c.waiting(c.inLine, n+1)
	}
	c.goOn()
	if err := c.errs["part 4"]; app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("the disk is full: %v", err)
	}
	for name, err := range c.errs {
		if kept := c.kept(name); kept != (err == nil) && name != "part 4" {
			t.Errorf("%s returned %v, kept %v", name, err, kept)
		}
	}
}

func TestWhoStopsWaitingIsPassedOver(t *testing.T) {
	c := newCrowd(t)
	ctx, stop := context.WithCancel(t.Context())
	ran := false
	c.beside("gone", func() error {
		return c.s.Update(ctx, func(port.Tx) error { ran = true; return nil })
	})
	c.waiting(c.inLine, 1)
	c.update("behind", func(tx port.Tx) error { return count(tx, "behind") })
	c.waiting(c.inLine, 2)
	stop()
	c.waiting(c.inLine, 1)
	c.goOn()
	if err := c.errs["gone"]; !errors.Is(err, context.Canceled) || ran {
		t.Errorf("who was gone: %v, ran %v", err, ran)
	}
	if err := c.errs["behind"]; err != nil || !c.kept("behind") {
		t.Errorf("who stood behind: %v", err)
	}
}

func TestJoinSharesTheNextCommit(t *testing.T) {
	c := newCrowd(t)
	before := c.commits()
	c.beside("late", func() error {
		return c.s.Join(t.Context(), time.Hour, func(tx port.Tx) error { return count(tx, "late") })
	})
	c.waiting(c.late, 1)
	c.goOn()
	if err := c.errs["late"]; err != nil || !c.kept("late") || c.commits()-before != 1 {
		t.Errorf("who joined: %v, kept %v, %d commits", err, c.kept("late"), c.commits()-before)
	}
}

// TestJoinHasAnEnd: where nobody else writes, it does so by itself after the patience, or when its context ends.
func TestJoinHasAnEnd(t *testing.T) {
	c := newCrowd(t)
	c.goOn()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for name, join := range map[string]func(f func(port.Tx) error) error{
		"patience": func(f func(port.Tx) error) error { return c.s.Join(t.Context(), 0, f) },
		"context":  func(f func(port.Tx) error) error { return c.s.Join(ctx, time.Hour, f) },
	} {
		if err := join(func(tx port.Tx) error { return count(tx, name) }); err != nil || !c.kept(name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
