-- +goose Up

-- When the mail was handed to a server last.
ALTER TABLE delivery ADD COLUMN try_time timestamptz;
