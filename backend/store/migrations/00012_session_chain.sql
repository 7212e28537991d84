-- How many refresh tokens a session has had, which password it was opened with, and the flow that may take its new tokens
-- since its level rose. And the flow that a pass signed in.

-- +goose Up
ALTER TABLE session ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN stamp TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN owed TEXT NOT NULL DEFAULT '';
ALTER TABLE pass ADD COLUMN flow TEXT NOT NULL DEFAULT '';
