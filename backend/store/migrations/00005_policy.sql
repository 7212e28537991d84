-- The policy, version by version. Rows are added, and never changed.

-- +goose Up
CREATE TABLE policy (
    number     INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    applied_by TEXT NOT NULL, -- '' for the program itself
    source     TEXT NOT NULL, -- path of its file; '' for the one that came with the program
    comment    TEXT NOT NULL,
    document   BLOB NOT NULL,
    hash       BLOB NOT NULL -- SHA-256 of the document
) STRICT;
