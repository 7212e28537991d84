-- Contacts that an administrator entered beforehand, and when a code first proved them.

-- +goose Up
ALTER TABLE credential ADD COLUMN entered_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credential ADD COLUMN confirmed_at INTEGER NOT NULL DEFAULT 0;
