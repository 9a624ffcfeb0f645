-- +goose Up

-- What was tried, so that it cannot be tried without end. key is a keyed hash
-- of whom and where from: no address and no network is stored. From free_time
-- on the next try is free.
CREATE TABLE attempt (
  key         bytea PRIMARY KEY CONSTRAINT attempt_key_is_hash CHECK (octet_length(key) = 32),
  tries       integer NOT NULL,
  free_time   timestamptz NOT NULL,
  update_time timestamptz NOT NULL
);
CREATE INDEX attempt_old ON attempt (free_time);
