-- +goose Up

-- The consent that this one takes over, with the name that the client reads.
ALTER TABLE consent
  ADD COLUMN predecessor_id uuid,
  ADD COLUMN predecessor_name text NOT NULL DEFAULT '';
