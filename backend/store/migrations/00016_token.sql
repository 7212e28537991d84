-- Tokens by which scripts administer.

-- +goose Up
CREATE TABLE token (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    hash     BLOB NOT NULL,    -- keyed hash of the token
    may      TEXT NOT NULL,    -- scopes, with a comma between them
    account  TEXT NOT NULL,    -- of the administrator who made it; empty: a program on the server did
    stamp    TEXT NOT NULL,    -- of the password that the account had
    made     INTEGER NOT NULL,
    made_by  TEXT NOT NULL,
    ends     INTEGER NOT NULL, -- its last instant
    used     INTEGER NOT NULL, -- the last time, to some minutes; 0 for never
    revoked  INTEGER NOT NULL  -- 0 for not
) STRICT;
CREATE UNIQUE INDEX token_hash ON token (hash);
