-- What deleting methods must not undo: that an account has registered, until when signing in by the password alone is told,
-- and which addresses and numbers are still told. Who has registered something by now counts as having registered.

-- +goose Up
CREATE TABLE registration (
    account     TEXT PRIMARY KEY,
    settled     INTEGER NOT NULL,
    alone_until INTEGER NOT NULL
) STRICT;
INSERT INTO registration (account, settled, alone_until)
SELECT account, MIN(CASE WHEN confirmed_at <> 0 THEN confirmed_at ELSE added END), 0 FROM credential
WHERE account <> '' AND (entered_at = 0 OR confirmed_at <> 0) GROUP BY account;

CREATE TABLE former_channel (
    id      TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    kind    TEXT NOT NULL,
    address BLOB NOT NULL, -- sealed
    until   INTEGER NOT NULL
) STRICT;
CREATE INDEX former_channel_account ON former_channel (account);
CREATE INDEX former_channel_until ON former_channel (until);
