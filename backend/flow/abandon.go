package flow

import (
	"time"

	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// Abandon ends, at a time, the flows that had expired before another, and says so in the audit trail.
func (s *Flows) Abandon(tx *core.Tx, before, at time.Time) error {
	s.shared.present.dropExpired(at)
	expired, err := tx.ExpiredFlows(before)
	if err != nil {
		return err
	}
	for _, rec := range expired {
		last, err := decodeState(rec.State)
		if err != nil {
			return err
		}
		rec.Ended = at
		if err := tx.PutFlow(rec); err != nil {
			return err
		}
		if last.At == atSignedIn || last.At == atBlocked { // it came to its end; nobody gave up
			continue
		}
		if err := tx.Log(port.AuditEntry{
			Action:    string(rec.Purpose) + ".end",
			Result:    core.Abandoned,
			Account:   string(rec.Account),
			Flow:      string(rec.ID),
			Support:   rec.Support,
			Station:   rec.OriginStn,
			StationID: string(rec.OriginID),
			Network:   rec.OriginNet,
		}); err != nil {
			return err
		}
	}
	return nil
}
