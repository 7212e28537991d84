-- When the person of a session has last proven who they are, and by which method ('' for the password alone).

-- +goose Up
ALTER TABLE session ADD COLUMN proven_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN proven_by TEXT NOT NULL DEFAULT '';
