-- A counter is found by its name alone, so its row lies in the index of the names: one page is written in place of two. And the
-- name begins with the subject's hash (32 digits) in place of what is counted, so that a subject's counters lie side by side.

-- +goose Up
CREATE TABLE counters (
    name   TEXT PRIMARY KEY,
    tally  INTEGER NOT NULL,
    since  INTEGER NOT NULL,
    until  INTEGER NOT NULL,
    tat    INTEGER NOT NULL,
    expiry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters SELECT
    CASE WHEN length(name) >= instr(name, ':') + 32 AND instr(name, ':') > 1
        THEN substr(name, instr(name, ':') + 1, 32) || ':' || substr(name, 1, instr(name, ':') - 1) || substr(name, instr(name, ':') + 33)
        ELSE name END,
    tally, since, until, tat, expiry FROM counter;
DROP TABLE counter;

-- What is over is found by reading all of them now and then; which turn is the last one is known by the time; and few flows
-- and messages wait.
DROP INDEX outbox_last;
DROP INDEX outbox_waiting;
DROP INDEX flow_open;
CREATE INDEX flow_open ON flow (account) WHERE ended = 0 AND account <> '';

CREATE TABLE registered (
    account     TEXT PRIMARY KEY,
    settled     INTEGER NOT NULL,
    alone_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO registered SELECT account, settled, alone_until FROM registration;
DROP TABLE registration;
