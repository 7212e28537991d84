-- Times are microseconds since 1970 UTC; 0 means never. Columns marked "sealed" hold what package vault makes for
-- "table.column|id". Names and types keep to what PostgreSQL knows too (BLOB is BYTEA and INTEGER is BIGINT there).

-- +goose Up
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL -- sealed
) STRICT;

CREATE TABLE flow (
    id             TEXT PRIMARY KEY,
    purpose        TEXT NOT NULL,
    rev            INTEGER NOT NULL,
    account        TEXT NOT NULL, -- '' until known
    token_hash     BLOB UNIQUE,
    start_key      BLOB UNIQUE,
    state          BLOB, -- sealed
    last_key       BLOB,
    last_input     BLOB,
    last_answer    BLOB, -- sealed
    support        TEXT NOT NULL,
    created        INTEGER NOT NULL,
    expires        INTEGER NOT NULL,
    ended          INTEGER NOT NULL,
    origin_station TEXT NOT NULL,
    origin_network TEXT NOT NULL,
    pending_since  INTEGER NOT NULL
) STRICT;
CREATE INDEX flow_open ON flow (account) WHERE ended = 0;
CREATE INDEX flow_pending ON flow (pending_since) WHERE pending_since <> 0;
CREATE INDEX flow_expires ON flow (expires);

CREATE TABLE credential (
    id            TEXT PRIMARY KEY,
    account       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    secret        BLOB, -- sealed
    masked        BLOB, -- sealed
    address       BLOB, -- sealed
    address_index BLOB, -- keyed hash, NULL where there is no address
    added         INTEGER NOT NULL,
    last_used     INTEGER NOT NULL,
    usable_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX credential_account ON credential (account, added);
CREATE INDEX credential_address ON credential (address_index);

CREATE TABLE session (
    id              TEXT PRIMARY KEY,
    account         TEXT NOT NULL,
    flow            TEXT NOT NULL,
    access_hash     BLOB UNIQUE,
    access_expires  INTEGER NOT NULL,
    refresh_hash    BLOB UNIQUE,
    refresh_expires INTEGER NOT NULL,
    previous_hash   BLOB,
    used            INTEGER NOT NULL, -- 0 or 1
    created         INTEGER NOT NULL,
    ended           INTEGER NOT NULL
) STRICT;
CREATE INDEX session_account ON session (account) WHERE ended = 0;
CREATE INDEX session_flow ON session (flow);
CREATE INDEX session_previous ON session (previous_hash);
CREATE INDEX session_expires ON session (refresh_expires);

CREATE TABLE counter (
    name   TEXT PRIMARY KEY,
    tally  INTEGER NOT NULL,
    since  INTEGER NOT NULL,
    until  INTEGER NOT NULL,
    tat    INTEGER NOT NULL,
    expiry INTEGER NOT NULL
) STRICT;
CREATE INDEX counter_expiry ON counter (expiry);

CREATE TABLE outbox (
    id        TEXT PRIMARY KEY,
    account   TEXT NOT NULL,
    message   BLOB NOT NULL, -- sealed
    created   INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    leased    INTEGER NOT NULL,
    attempts  INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    failed    INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox (due) WHERE delivered = 0 AND failed = 0;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    action  TEXT NOT NULL,
    result  TEXT NOT NULL,
    reason  TEXT NOT NULL,
    account TEXT NOT NULL,
    role    TEXT NOT NULL,
    method  TEXT NOT NULL,
    flow    TEXT NOT NULL,
    support TEXT NOT NULL,
    station TEXT NOT NULL,
    network TEXT NOT NULL,
    prev    BLOB,
    hash    BLOB NOT NULL
) STRICT;

CREATE TABLE help_request (
    receipt TEXT PRIMARY KEY,
    account TEXT NOT NULL, -- '' when nobody knows
    user_id BLOB, -- sealed
    reason  TEXT NOT NULL,
    created INTEGER NOT NULL,
    closed  INTEGER NOT NULL
) STRICT;
CREATE INDEX help_request_open ON help_request (account, created) WHERE closed = 0;
