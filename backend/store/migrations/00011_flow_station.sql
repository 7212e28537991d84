-- Whether the server knew the workstation that a flow began at by its key.

-- +goose Up
ALTER TABLE flow ADD COLUMN origin_enrolled INTEGER NOT NULL DEFAULT 0;
