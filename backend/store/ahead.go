package store

import (
	"context"

	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// UpdateAhead implements port.Store.
func (s *Store) UpdateAhead(ctx context.Context, f func(port.Tx) error) error {
	if err := s.writer.enter(ctx); err != nil {
		return failure("wait for the writer", err)
	}
	return s.write(ctx, f, true)
}

// Flush implements port.Store.
func (s *Store) Flush() error { return failure("flush", sqlite.Flush(s.path)) }
