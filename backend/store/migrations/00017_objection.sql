-- Links by which people say that something wasn't them, and the accounts whose self-service is frozen since they did.

-- +goose Up
CREATE TABLE objection (
    hash    BLOB PRIMARY KEY, -- keyed hash of the link's token
    account TEXT NOT NULL,
    event   TEXT NOT NULL,    -- the message that told of it
    at      INTEGER NOT NULL, -- when it happened
    expires INTEGER NOT NULL, -- the link's last instant
    spent   INTEGER NOT NULL  -- 0 until then
) STRICT, WITHOUT ROWID;
CREATE INDEX objection_expires ON objection (expires);
CREATE TABLE frozen (
    account TEXT PRIMARY KEY,
    since   INTEGER NOT NULL,
    event   TEXT NOT NULL,
    before  INTEGER NOT NULL  -- what was registered before then lifts it; 0: nothing does
) STRICT, WITHOUT ROWID;
