package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// writer is the one connection that writes. Updates use it one after the other, each in its caller's goroutine; those that
// wait for it when one is done do their parts in the same transaction of SQLite's, and the last of them commits for all:
//
//	update 1  BEGIN ─ part ─┐ passes on                                   ┌─ returns
//	update 2     waits      └ SAVEPOINT ─ part ─┐ passes on               ├─ returns
//	update 3        waits                       └ SAVEPOINT ─ part ─ COMMIT (one fsync) ─ returns
//
// So a crowd waits for few fsyncs, and an update returns only after the one that made it durable. A part that fails is taken
// back by itself, and takes no other with it. An update ahead of its fsync has a round of its own, which waits for no disk,
// unless there is one to take part in.
type writer struct {
	// Whoever has the connection may touch these.
	conn   *sqlite.Conn
	turn   turn   // before other processes
	round  *round // the transaction at hand; nil for none
	rounds int64  // that there were
	closed bool   // for good

	mu    sync.Mutex
	taken bool
	line  queue // who waits
	late  queue // who waits for a round of others
}

var errClosed = errors.New("the store is closed")

// queue are those who wait for the connection, in their order; it is passed on to one by closing its channel.
type queue []chan struct{}

func (q *queue) join() chan struct{} {
	turn := make(chan struct{})
	*q = append(*q, turn)
	return turn
}

// leave takes one out, and reports whether it still waited.
func (q *queue) leave(turn chan struct{}) bool {
	at := slices.Index(*q, turn)
	if at >= 0 {
		*q = slices.Delete(*q, at, at+1)
	}
	return at >= 0
}

// pass passes the connection on to the first, if there is one.
func (q *queue) pass() bool {
	if len(*q) == 0 {
		return false
	}
	close((*q)[0])
	*q = slices.Delete(*q, 0, 1)
	return true
}

// round is one transaction.
type round struct {
	number int64
	ahead  bool          // of its fsync
	parts  int           // that were begun
	over   chan struct{} // closed when it was committed, or not
	err    error         // why it was not
}

// mostParts bounds a round, so that nobody waits long for others to end it.
const mostParts = 64

// enter waits for the connection, as long as ctx lets it.
func (w *writer) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	if !w.taken {
		w.taken = true
		w.mu.Unlock()
		return w.open()
	}
	turn := w.line.join()
	w.mu.Unlock()
	select {
	case <-turn:
		return w.open()
	case <-ctx.Done():
	}
	w.mu.Lock()
	waited := w.line.leave(turn)
	w.mu.Unlock()
	if waited {
		return ctx.Err()
	}
	return w.open() // it was passed on meanwhile
}

// open reports whether the connection is, to who got it; where it is not, it is passed on.
func (w *writer) open() error {
	if !w.closed {
		return nil
	}
	w.leave()
	return errClosed
}

// enterLate waits for a round of others to take part in; for the connection, once the patience or ctx ends.
func (w *writer) enterLate(ctx context.Context, patience time.Duration) error {
	w.mu.Lock()
	turn := w.late.join()
	w.mu.Unlock()
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case <-turn:
		return w.open()
	case <-enough.C:
	case <-ctx.Done():
	}
	w.mu.Lock()
	waited := w.late.leave(turn)
	w.mu.Unlock()
	if !waited { // it was passed on meanwhile
		return w.open()
	}
	return w.enter(context.WithoutCancel(ctx))
}

// leave passes the connection on: with the round, if somebody waits who can take part in it; otherwise once it is committed.
func (w *writer) leave() {
	if w.round != nil {
		if !w.round.ahead && w.round.parts < mostParts && w.passRound() {
			return
		}
		w.commit()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken = w.line.pass()
}

func (w *writer) commit() {
	_, err := w.conn.Exec(`COMMIT`)
	w.end(failure("commit", err))
}

// close closes the connection after those who wait for it already. Nobody else gets it.
func (w *writer) close() error {
	if w.conn == nil || w.enter(context.Background()) != nil { // it is closed
		return nil
	}
	if w.round != nil {
		w.commit()
	}
	err := errors.Join(w.conn.Close(), w.turn.gate.close())
	w.closed = true
	w.leave()
	return err
}

func (w *writer) passRound() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.line.pass() || w.late.pass()
}

// end ends the round, and tells all who took part.
func (w *writer) end(err error) {
	if err != nil {
		_, _ = w.conn.Exec(`ROLLBACK`) // which SQLite may have done already
	}
	w.round.err = err
	close(w.round.over)
	w.round = nil
}

// part is what one update does in a round.
type part struct {
	w     *writer
	round *round
	first bool
}

// begin begins a part, and the round where there is none, ahead of its fsync or not; check looks at what others may have done
// since the last one.
func (w *writer) begin(check func(*sqlite.Conn) error, ahead bool) (*part, error) {
	if w.round != nil {
		if _, err := w.conn.Exec(`SAVEPOINT part`); err != nil {
			w.end(failure("begin", err))
			return nil, failure("begin", err)
		}
		w.round.parts++
		return &part{w: w, round: w.round}, nil
	}
	if err := w.conn.Flushing(!ahead); err != nil {
		return nil, failure("begin", err)
	}
	leave := w.turn.enter()
	_, err := w.conn.Exec(`BEGIN IMMEDIATE`)
	leave()
	if err != nil {
		return nil, failure("begin", err)
	}
	if err := check(w.conn); err != nil {
		_, undone := w.conn.Exec(`ROLLBACK`)
		return nil, errors.Join(err, undone)
	}
	w.rounds++
	w.round = &round{number: w.rounds, ahead: ahead, parts: 1, over: make(chan struct{})}
	return &part{w: w, round: w.round, first: true}, nil
}

// keep leaves the part to the round.
func (p *part) keep() error {
	if p.first {
		return nil
	}
	_, err := p.w.conn.Exec(`RELEASE part`)
	if err != nil {
		p.w.end(failure("commit", err))
	}
	return failure("commit", err)
}

// undo takes the part back. Where SQLite has taken back the whole transaction, as when the disk is full, nobody's part is kept.
func (p *part) undo() {
	var err error
	if p.first {
		_, err = p.w.conn.Exec(`ROLLBACK`)
		p.w.round = nil
	} else if _, err = p.w.conn.Exec(`ROLLBACK TO part`); err == nil {
		_, err = p.w.conn.Exec(`RELEASE part`)
	}
	if err != nil && p.w.round != nil {
		p.w.end(failure("take a part back", err))
	}
}

// Update runs f as a part of a round. ctx bounds the wait for the writer; once f runs, it is carried through, so that a
// caller who hangs up leaves no doubt behind. f must not call Update.
func (s *Store) Update(ctx context.Context, f func(port.Tx) error) error {
	if err := s.writer.enter(ctx); err != nil {
		return failure("wait for the writer", err)
	}
	return s.write(ctx, f, false)
}

// Join implements port.Store.
func (s *Store) Join(ctx context.Context, patience time.Duration, f func(port.Tx) error) error {
	if err := s.writer.enterLate(ctx, patience); err != nil {
		return failure("wait for the writer", err)
	}
	return s.write(ctx, f, false)
}

// write runs f for who has the connection.
func (s *Store) write(ctx context.Context, f func(port.Tx) error, ahead bool) error {
	round, err := s.takePart(context.WithoutCancel(ctx), f, ahead)
	if err != nil {
		return err
	}
	<-round.over
	return round.err
}

// takePart does a part, and passes the connection on.
func (s *Store) takePart(ctx context.Context, f func(port.Tx) error, ahead bool) (*round, error) {
	defer s.writer.leave()
	p, err := s.writer.begin(s.unchanged, ahead)
	if err != nil {
		return nil, err
	}
	kept := false
	defer func() {
		if !kept { // f failed, or panicked
			p.undo()
		}
	}()
	t := s.transaction(ctx, s.writer.conn)
	t.round, t.first = p.round.number, p.first
	if err := f(t); err != nil {
		return nil, err
	}
	kept = true
	return p.round, p.keep()
}
