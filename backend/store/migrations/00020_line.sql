-- What waits in the outbox stands in a line (backend/store/line.go), of which a lease reads what it takes and no more. And a text whose
-- answer was lost is counted once more before it is sent again.

-- +goose Up
ALTER TABLE outbox ADD COLUMN line INTEGER NOT NULL DEFAULT 0;      -- 0: coming, 1: next, 2: behind
ALTER TABLE outbox ADD COLUMN last_turn INTEGER NOT NULL DEFAULT 0; -- of its account, of what is next
ALTER TABLE outbox ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0; -- 0 or 1: it may have been taken, and sending it again counts
DROP INDEX outbox_lease;
CREATE INDEX outbox_out ON outbox (account, urgent, channel, leased, due) WHERE delivered = 0 AND failed = 0 AND leased <> 0;
CREATE INDEX outbox_account ON outbox (account, line, urgent, channel, due, created, id) WHERE delivered = 0 AND failed = 0 AND leased = 0;
CREATE INDEX outbox_due ON outbox (line, due) WHERE delivered = 0 AND failed = 0 AND leased = 0;
CREATE INDEX outbox_line ON outbox (channel, urgent, last_turn, due, created, id) WHERE line = 1 AND delivered = 0 AND failed = 0 AND leased = 0;
