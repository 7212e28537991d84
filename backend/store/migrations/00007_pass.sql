-- A pass signs in once, to register; the session that it opens can do nothing else. And when people have last said that
-- what they registered is right.

-- +goose Up
CREATE TABLE pass (
    account   TEXT PRIMARY KEY,
    hash      BLOB NOT NULL, -- keyed
    created   INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    used      INTEGER NOT NULL,
    issued_by TEXT NOT NULL,
    desk      INTEGER NOT NULL
) STRICT;
CREATE INDEX pass_expires ON pass (expires);

CREATE TABLE confirmed (
    account TEXT PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT;

ALTER TABLE session ADD COLUMN by_pass INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN by_whom TEXT NOT NULL DEFAULT '';
