package store

import (
	"context"
	"database/sql"
	"sync"
)

// limit is a placeholder after LIMIT. SQLite plans for the value of a bare one, and so reads the prepared text anew each time
// that another is bound.
const limit = `CAST(? AS INTEGER)`

// statements are the queries that were run on a database, prepared: reading their text takes SQLite longer than most of
// them take to run. The texts are ours, so there are few.
type statements struct {
	db *sql.DB

	mu     sync.Mutex
	ready  map[string]*sql.Stmt
	wanted map[string]bool
}

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, ready: make(map[string]*sql.Stmt), wanted: make(map[string]bool)}
}

// of gives a query's statement, nil before it is prepared: that takes the connection that a transaction holds, so it is
// done before the next one.
func (s *statements) of(query string) *sql.Stmt {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stmt := s.ready[query]
	if stmt == nil {
		s.wanted[query] = true
	}
	return stmt
}

// prepare prepares what was run since the last time. What can't be prepared is run as it is.
func (s *statements) prepare(ctx context.Context) {
	if s == nil {
		return
	}
	s.mu.Lock()
	wanted := s.wanted
	s.wanted = make(map[string]bool)
	s.mu.Unlock()
	for query := range wanted {
		stmt, err := s.db.PrepareContext(ctx, query)
		if err != nil {
			continue
		}
		s.mu.Lock()
		if s.ready[query] == nil {
			s.ready[query] = stmt
			stmt = nil
		}
		s.mu.Unlock()
		if stmt != nil { // another was faster
			_ = stmt.Close()
		}
	}
}
