package setup

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/directory/local"
)

// ExitGuard keeps a kiosk's exit PIN. Wrong tries are counted in a file, so that a restart forgives none.
type ExitGuard struct {
	PHC   string           // the hash of the PIN; empty: there is none
	State string           // the folder of the file
	Clock func() time.Time // nil: time.Now

	mu sync.Mutex
}

// exitTries is the file.
type exitTries struct {
	Wrong int       `json:"wrong"` // in a row
	Last  time.Time `json:"last"`
}

// The wait after so many wrong tries in a row: none after the first ones, then one that doubles up to a longest.
const (
	exitFree    = 3
	exitFirst   = 30 * time.Second
	exitLongest = time.Hour
)

// exitWait is how long nothing is looked at after so many wrong tries.
func exitWait(wrong int) time.Duration {
	if wrong < exitFree {
		return 0
	}
	return min(exitLongest, exitFirst<<min(wrong-exitFree, 10))
}

// Set reports whether there is a PIN.
func (g *ExitGuard) Set() bool { return g.PHC != "" }

// Try counts a try, durably and before anything is looked at, and says whether it was right. next is the time of the next
// try after a wrong one, or when it was too early for this one. The error is one of words: it can't be counted here.
func (g *ExitGuard) Try(pin app.Secret) (right bool, next time.Time, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if g.Clock != nil {
		now = g.Clock()
	}
	tries, err := g.read()
	if err != nil || !g.Set() {
		return false, time.Time{}, errors.New(words.Text("kiosk.pin.uncounted"))
	}
	last := tries.Last
	if last.After(now) { // a clock that is put back shortens no wait
		last = now
	}
	if next = last.Add(exitWait(tries.Wrong)); tries.Wrong > 0 && next.After(now) {
		return false, next, nil
	}
	if err := g.write(exitTries{tries.Wrong + 1, now}); err != nil {
		return false, time.Time{}, errors.New(words.Text("kiosk.pin.uncounted"))
	}
	right, err = local.DefaultArgon2(rand.Reader).Match(g.PHC, pin)
	if err != nil {
		return false, time.Time{}, errors.New(words.Text("kiosk.pin.uncounted"))
	}
	if !right {
		return false, now.Add(exitWait(tries.Wrong + 1)), nil
	}
	_ = g.write(exitTries{Last: now}) // who is out does not mind
	return true, time.Time{}, nil
}

func (g *ExitGuard) path() string { return filepath.Join(g.State, "exit-tries.json") }

// read gives what was counted; an error where that can't be known, since then nothing may be taken.
func (g *ExitGuard) read() (t exitTries, err error) {
	if g.State == "" {
		return t, os.ErrNotExist
	}
	data, err := files.Read(g.path(), maxSettings)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return exitTries{}, nil
	case err != nil:
		return exitTries{}, err
	}
	return t, json.Unmarshal(data, &t)
}

func (g *ExitGuard) write(t exitTries) error {
	if err := os.MkdirAll(g.State, 0o700); err != nil {
		return err
	}
	return files.Replace(g.path(), 0o600, func(w io.Writer) error { return json.NewEncoder(w).Encode(t) })
}
