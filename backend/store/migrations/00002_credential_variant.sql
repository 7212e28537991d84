-- Of some kinds a person may have one for each use: a number for text messages as "mobile" and as "alternate".

-- +goose Up
ALTER TABLE credential ADD COLUMN variant TEXT NOT NULL DEFAULT '';
