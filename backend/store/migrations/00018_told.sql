-- For which conversation a message is, who took it under which receipt, and what they said of it later. And an account's entries on
-- messages are found without reading the whole trail.

-- +goose Up
ALTER TABLE outbox ADD COLUMN flow TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN receipt TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN arrived INTEGER NOT NULL DEFAULT 0;     -- the provider said so; 0 for not
ALTER TABLE outbox ADD COLUMN undelivered INTEGER NOT NULL DEFAULT 0; -- the provider said that it never will; 0 for not
CREATE INDEX outbox_receipt ON outbox (receipt, provider) WHERE receipt <> '';
CREATE INDEX audit_message ON audit (account, seq) WHERE action >= 'outbox.' AND action < 'outbox/';
