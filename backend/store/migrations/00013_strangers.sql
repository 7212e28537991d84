-- The outbox's turns: what carries a code goes before what tells of a change, accounts take turns, and each channel is
-- served by itself. And help requests of names that nobody has, of which so many may be open.

-- +goose Up
ALTER TABLE outbox ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN turn INTEGER NOT NULL DEFAULT 0; -- of the last lease; 0 for none
CREATE INDEX outbox_turn ON outbox (account, turn);
CREATE INDEX outbox_lease ON outbox (account, urgent, due, created, id, leased, channel) WHERE delivered = 0 AND failed = 0;
CREATE INDEX outbox_last ON outbox (turn);
ALTER TABLE help_request ADD COLUMN nobody INTEGER NOT NULL DEFAULT 0; -- 0 or 1
CREATE INDEX help_request_nobody ON help_request (created) WHERE nobody = 1 AND closed = 0;
