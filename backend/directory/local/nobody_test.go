package local_test

import (
	"errors"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
)

// Whoever a guess is about, one hash is made: the time that it takes tells nothing.
func TestEveryGuessHashesOnce(t *testing.T) {
	h := &counted{Hasher: quick()}
	f := open(t, func(c *local.Config) { c.Hasher = h })
	f.put(local.Person{ID: "OFF", UserID: "off", Password: app.NewSecret(right), Disabled: true})
	f.put(local.Person{ID: "LOCKED", UserID: "locked", Password: app.NewSecret(right), LockedUntil: f.clock.Now().Add(time.Hour)})
	f.put(local.Person{ID: "NEVER", UserID: "never"})
	f.put(local.Person{ID: "NEVEROFF", UserID: "neveroff", Disabled: true})
	for _, c := range []struct {
		id       app.AccountID
		password string
		want     error
	}{
		{"A1", right, nil}, {"A1", "wrong", port.ErrPassword}, {"none", right, port.ErrNotFound},
		{"OFF", "wrong", port.ErrPassword}, {"OFF", right, port.ErrDisabled},
		{"LOCKED", "wrong", port.ErrLocked}, {"LOCKED", right, port.ErrLocked}, {"NEVER", right, port.ErrNoPassword},
		{"NEVEROFF", "nobody's password", port.ErrPassword},
	} {
		before := h.all.Load()
		if err := f.Verify(t.Context(), c.id, app.NewSecret(c.password)); !errors.Is(err, c.want) {
			t.Errorf("%s with %q: %v, want %v", c.id, c.password, err, c.want)
		}
		if n := h.all.Load() - before; n != 1 {
			t.Errorf("%s with %q: %d hashes", c.id, c.password, n)
		}
	}
	if a, err := f.Find(t.Context(), "none"); !errors.Is(err, port.ErrNotFound) || a.Threshold != 3 {
		t.Errorf("nobody: %+v, %v", a, err)
	}
}
