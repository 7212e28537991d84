-- +goose Up
-- When the last failure was: they are forgotten after a while.
ALTER TABLE person ADD COLUMN failed_at INTEGER NOT NULL DEFAULT 0;
