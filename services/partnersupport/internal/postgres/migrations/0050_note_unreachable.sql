-- +goose Up

-- Since when the request behind an assignment reaches nobody at the client, and
-- when that was heard of last.
ALTER TABLE assignment ADD COLUMN unreachable_time timestamptz;
ALTER TABLE assignment ADD COLUMN reach_time timestamptz;
