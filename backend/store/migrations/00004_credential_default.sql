-- A person may say which method is the default; and who had enough methods once adds more with a cooling-off time.

-- +goose Up
ALTER TABLE credential ADD COLUMN preferred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credential ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
