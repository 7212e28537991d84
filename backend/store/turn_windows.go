package store

import "github.com/gofrs/flock"

// gate is a lock on a file.
type gate struct{ file *flock.Flock }

func openGate(path string) *gate { return &gate{flock.New(path, flock.SetPermissions(0o600))} }

func (g *gate) try() bool {
	taken, err := g.file.TryLock()
	return taken || err != nil // where it can't be had it is open for everybody
}

func (g *gate) leave() { _ = g.file.Unlock() } // which it may not have

func (g *gate) close() error { return g.file.Close() }
