-- +goose Up

-- The client chose the person, unasked.
ALTER TABLE consent ADD COLUMN offered boolean NOT NULL DEFAULT false;
