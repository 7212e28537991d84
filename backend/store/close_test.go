package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// TestCloseWaitsForUpdates: whoever has the connection, or waits for it, is not met by a closed one.
func TestCloseWaitsForUpdates(t *testing.T) {
	c := newCrowd(t)
	c.update("second", func(tx port.Tx) error { return count(tx, "second") })
	c.waiting(c.inLine, 1)
	c.beside("close", c.s.Close)
	c.waiting(c.inLine, 2)
	c.update("third", func(tx port.Tx) error { return count(tx, "third") })
	c.waiting(c.inLine, 3)
	c.goOn()
	for _, name := range []string{"first", "second", "close"} {
		if err := c.errs[name]; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.errs["third"]; app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("an update of a closed store: %v", err)
	}
}

// TestAClosedStoreSaysSo: nobody waits for what does not come.
func TestAClosedStoreSaysSo(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "sparekey.db"), plain{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	f := func(port.Tx) error { t.Error("f ran"); return nil }
	for name, ask := range map[string]func(context.Context) error{
		"view":   func(ctx context.Context) error { return s.View(ctx, f) },
		"update": func(ctx context.Context) error { return s.Update(ctx, f) },
		"join":   func(ctx context.Context) error { return s.Join(ctx, time.Millisecond, f) },
		"check":  s.Check,
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := ask(ctx)
		if app.CodeOf(err) != app.CodeUnavailable || ctx.Err() != nil {
			t.Errorf("%s: %v (%v)", name, err, ctx.Err())
		}
		cancel()
	}
}
