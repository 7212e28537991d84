package store

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/sparekey/sparekey/backend/sqlite"
)

// readers are connections that read, each for one at a time. They are opened when they are first needed.
type readers struct {
	path   string
	mode   sqlite.Mode
	places chan struct{} // one for each who reads

	mu     sync.Mutex
	idle   []*sqlite.Conn
	once   sync.Once
	closed chan struct{}
}

func newReaders(path string, mode sqlite.Mode) *readers {
	return &readers{path: path, mode: mode, places: make(chan struct{}, 2*runtime.GOMAXPROCS(0)), closed: make(chan struct{})}
}

// take waits for a connection, as long as ctx lets it; it must be given back.
func (r *readers) take(ctx context.Context) (*sqlite.Conn, error) {
	select {
	case r.places <- struct{}{}:
	case <-r.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.mu.Lock()
	if n := len(r.idle); n > 0 {
		conn := r.idle[n-1]
		r.idle = r.idle[:n-1]
		r.mu.Unlock()
		return conn, nil
	}
	r.mu.Unlock()
	conn, err := sqlite.Connect(r.path, r.mode)
	if err != nil {
		<-r.places
	}
	return conn, err
}

func (r *readers) give(conn *sqlite.Conn) {
	r.mu.Lock()
	r.idle = append(r.idle, conn)
	r.mu.Unlock()
	<-r.places
}

// close waits for those who read, and closes every connection. Nobody gets one afterwards.
func (r *readers) close() error {
	var errs []error
	r.once.Do(func() {
		close(r.closed)
		for range cap(r.places) {
			r.places <- struct{}{}
		}
		for _, conn := range r.idle {
			errs = append(errs, conn.Close())
		}
	})
	return errors.Join(errs...)
}
