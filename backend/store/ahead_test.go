package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sparekey/sparekey/backend/port"
)

// waits reports whether the commit of a transaction under way will wait for the disk (synchronous=FULL).
func waits(t *testing.T, tx port.Tx) bool {
	t.Helper()
	var level int64
	if err := tx.(*transaction).conn.Row(`SELECT synchronous FROM pragma_synchronous`).Scan(&level); err != nil {
		t.Fatal(err)
	}
	return level == 2
}

// TestUpdateAheadWaitsForNoDisk, and whatever became of it, no other update is durable less.
func TestUpdateAheadWaitsForNoDisk(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "sparekey.db"), plain{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	failed := errors.New("failed")
	for name, end := range map[string]func() error{
		"kept": func() error { return nil }, "failed": func() error { return failed }, "panicked": func() error { panic(failed) },
	} {
		func() {
			defer func() { _ = recover() }()
			_ = s.UpdateAhead(t.Context(), func(tx port.Tx) error {
				if waits(t, tx) {
					t.Errorf("%s: the update ahead waits for the disk", name)
				}
				return errors.Join(count(tx, name), end())
			})
		}()
		if err := s.Update(t.Context(), func(tx port.Tx) error {
			if !waits(t, tx) {
				t.Errorf("the update after one that %s does not wait for the disk", name)
			}
			if c, err := tx.Counter(name); err != nil || (c.Count == 1) != (name == "kept") {
				t.Errorf("%s: counted %d, %v", name, c.Count, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		t.Error(err)
	}
}

// TestNobodyTakesPartInARoundAhead: an update that waits for the disk has a round of its own behind one that doesn't. The other way
// round one takes part.
func TestNobodyTakesPartInARoundAhead(t *testing.T) {
	c := newCrowd(t)
	ahead := make(chan struct{})
	c.beside("with others", func() error {
		return c.s.UpdateAhead(t.Context(), func(tx port.Tx) error {
			if !waits(t, tx) {
				t.Error("a part of a round that waits for the disk doesn't")
			}
			return count(tx, "with others")
		})
	})
	c.waiting(c.inLine, 1)
	before := c.commits()
	c.goOn()
	if n := c.commits() - before; n != 1 {
		t.Errorf("%d commits, want one of both", n)
	}
	let := make(chan struct{})
	c.beside("alone", func() error {
		return c.s.UpdateAhead(t.Context(), func(tx port.Tx) error {
			close(ahead)
			<-let
			return count(tx, "alone")
		})
	})
	<-ahead
	c.update("behind", func(tx port.Tx) error {
		if _, first := tx.Round(); !first || !waits(t, tx) {
			t.Errorf("begins a round %v, waits for the disk %v", first, waits(t, tx))
		}
		return count(tx, "behind")
	})
	c.waiting(c.inLine, 1)
	close(let)
	c.done.Wait()
	for name, err := range c.errs {
		if err != nil || !c.kept(name) {
			t.Errorf("%s: %v, kept %v", name, err, c.kept(name))
		}
	}
}

// TestAPowerFailureTakesBackWhatWasAheadWhole: what was durable is there, and of what was not a part that is whole.
func TestAPowerFailureTakesBackWhatWasAheadWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	s, err := Open(t.Context(), path, plain{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	both := func(name string) func(port.Tx) error {
		return func(tx port.Tx) error { return errors.Join(count(tx, name), count(tx, "with "+name)) }
	}
	if err := s.Update(t.Context(), both("durable")); err != nil {
		t.Fatal(err)
	}
	flushed, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateAhead(t.Context(), both("ahead")); err != nil {
		t.Fatal(err)
	}
	var database, log []byte
	for into, from := range map[*[]byte]string{&database: path, &log: path + "-wal"} {
		if *into, err = os.ReadFile(from); err != nil { // nothing else uses these files, whose locks this drops
			t.Fatal(err)
		}
	}
	if len(log) == int(flushed.Size()) {
		t.Fatal("the update ahead is not in the log: nothing is tested")
	}
	for _, left := range []int{int(flushed.Size()), len(log) - 1000, len(log)} {
		after := filepath.Join(t.TempDir(), "sparekey.db")
		for to, content := range map[string][]byte{after: database, after + "-wal": log[:left]} {
			if err := os.WriteFile(to, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := Open(t.Context(), after, plain{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.View(t.Context(), func(tx port.Tx) error {
			for name, want := range map[string]bool{"durable": true, "ahead": left == len(log)} {
				for _, key := range []string{name, "with " + name} {
					if c, err := tx.Counter(key); err != nil || (c.Count == 1) != want {
						t.Errorf("%d bytes of the log: %s counted %d, %v", left, key, c.Count, err)
					}
				}
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
