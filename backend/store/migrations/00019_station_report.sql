-- How stations are: what each said of itself last, how its clock stands, and its entries in the audit trail, which are counted.

-- +goose Up
ALTER TABLE station ADD COLUMN clock_ahead INTEGER NOT NULL DEFAULT 0; -- microseconds before the server's clock; negative: behind
ALTER TABLE station ADD COLUMN clock_at INTEGER NOT NULL DEFAULT 0;    -- when that was seen last; 0 for never
CREATE TABLE station_report (
    id             TEXT PRIMARY KEY, -- the station's
    at             INTEGER NOT NULL, -- when it came
    server         TEXT NOT NULL,    -- the server's own version then
    version        TEXT NOT NULL,
    system         TEXT NOT NULL,
    system_version TEXT NOT NULL,
    width          INTEGER NOT NULL, -- pixels; 0 for no screen
    height         INTEGER NOT NULL,
    scale          INTEGER NOT NULL, -- percent
    mode           TEXT NOT NULL,
    since          INTEGER NOT NULL, -- when the program started
    security_keys  TEXT NOT NULL,
    trouble        TEXT NOT NULL,    -- a code; empty for none
    trouble_at     INTEGER NOT NULL, -- 0 for none
    wiped          INTEGER NOT NULL,
    away           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_station ON audit (station_id, at) WHERE station_id <> '';
