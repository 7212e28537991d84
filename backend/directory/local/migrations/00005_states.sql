-- +goose Up
-- What organisations' directories know of an account and its password.
ALTER TABLE person ADD COLUMN expires INTEGER NOT NULL DEFAULT 0;     -- when the account's time is over
ALTER TABLE person ADD COLUMN protected INTEGER NOT NULL DEFAULT 0;   -- nobody resets its password
ALTER TABLE person ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0; -- its password has to be changed
ALTER TABLE person ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0;  -- when its password was set; 0 where nobody knows
