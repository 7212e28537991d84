-- Of a security key nobody may have what somebody has registered; and whether its owner registered it decides what it is
-- good for. Nobody has one yet.

-- +goose Up
ALTER TABLE credential ADD COLUMN handle BLOB; -- keyed hash, NULL for none
ALTER TABLE credential ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX credential_handle ON credential (handle);
