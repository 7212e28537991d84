package local

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// watch is a clock that looks, each time that it is asked within a transaction, whether its commit will wait for the disk.
type watch struct {
	d    *Directory
	seen []bool
}

func (w *watch) Now() time.Time {
	if w.d != nil && !w.d.turn.TryAcquire(1) { // whoever asks has the turn
		var level int64
		if err := w.d.conn.Row(`SELECT synchronous FROM pragma_synchronous`).Scan(&level); err != nil {
			panic(err)
		}
		w.seen = append(w.seen, level == 2)
	} else if w.d != nil {
		w.d.turn.Release(1)
	}
	return time.Unix(1_800_000_000, 0)
}

// TestGuessesWaitForNoDisk, and passwords do, whatever was before.
func TestGuessesWaitForNoDisk(t *testing.T) {
	w := &watch{}
	d, err := Open(t.Context(), InMemory, Config{Clock: w, Hasher: Argon2{Rand: rand.Reader, Memory: 8, Time: 1, Threads: 1}, Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	old, fresh := app.NewSecret("an old password"), app.NewSecret("a new password")
	if err := d.Put(t.Context(), Person{ID: "A1", UserID: "ana", Password: old}); err != nil {
		t.Fatal(err)
	}
	w.d = d
	for _, step := range []struct {
		what string
		do   func() error
		want error
		wait []bool // of its transactions
	}{
		{"a wrong guess", func() error { return d.Verify(t.Context(), "A1", fresh) }, port.ErrPassword, []bool{false}},
		{"a reset", func() error { return d.SetPassword(t.Context(), "A1", fresh) }, nil, []bool{true}},
		{"a right guess", func() error { return d.Verify(t.Context(), "A1", fresh) }, nil, []bool{false}},
		{"a change", func() error { return d.ChangePassword(t.Context(), "A1", fresh, old) }, nil, []bool{false, true}},
	} {
		w.seen = nil
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s: %v", step.what, err)
		}
		if got := slices.Compact(w.seen); !slices.Equal(got, step.wait) {
			t.Errorf("%s waits for the disk: %v, want %v", step.what, got, step.wait)
		}
	}
}
