-- Workstations and kiosks that the server knows by a key of their own, from their invitation on. And a flow's enrolled station by
-- its ID, which stays when the station is renamed.

-- +goose Up
CREATE TABLE station (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    public_key  BLOB,             -- Ed25519; none until it has enrolled
    code_hash   BLOB NOT NULL,    -- keyed hash of its one-time code
    code_end    INTEGER NOT NULL, -- the code's last instant
    invited     INTEGER NOT NULL,
    invited_by  TEXT NOT NULL,
    enrolled    INTEGER NOT NULL, -- 0 until then
    used        INTEGER NOT NULL, -- the last time, to some minutes; 0 for never
    paused      INTEGER NOT NULL, -- since when; 0 for not
    revoked     INTEGER NOT NULL  -- 0 for not
) STRICT;
CREATE UNIQUE INDEX station_code ON station (code_hash);
ALTER TABLE audit ADD COLUMN station_id TEXT NOT NULL DEFAULT '';
ALTER TABLE flow DROP COLUMN origin_enrolled;
ALTER TABLE flow ADD COLUMN origin_id TEXT NOT NULL DEFAULT ''; -- the enrolled station's; empty for none
