-- +goose Up
-- One row that is written for a guess at no password, so that it takes as long as one at somebody's.
CREATE TABLE nobody (
    guesses INTEGER NOT NULL
) STRICT;
INSERT INTO nobody (guesses) VALUES (0);
