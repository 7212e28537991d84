-- Times are microseconds since 1970 UTC; 0 means never.

-- +goose Up
CREATE TABLE person (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL,
    user_key     TEXT NOT NULL UNIQUE, -- user_id in lower case
    name         TEXT NOT NULL,
    names        TEXT NOT NULL, -- JSON array
    mail         TEXT NOT NULL,
    groups       TEXT NOT NULL, -- JSON array
    admin        INTEGER NOT NULL,
    disabled     INTEGER NOT NULL,
    elsewhere    INTEGER NOT NULL,
    password     TEXT NOT NULL, -- PHC string, '' for none
    stamp        INTEGER NOT NULL, -- raised with every password that is set
    failures     INTEGER NOT NULL, -- since the last success or lock
    locked_until INTEGER NOT NULL
) STRICT;

CREATE TABLE old_password (
    person   TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    stamp    INTEGER NOT NULL, -- when it was the person's stamp
    password TEXT NOT NULL,
    PRIMARY KEY (person, stamp)
) STRICT;
