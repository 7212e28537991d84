-- The lease of a password write, or an unlock, that a server waits for: which server, and until when.

-- +goose Up
ALTER TABLE flow ADD COLUMN leased_by TEXT NOT NULL DEFAULT '';
ALTER TABLE flow ADD COLUMN leased_until INTEGER NOT NULL DEFAULT 0;
