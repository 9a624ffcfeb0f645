-- +goose Up

-- The client may choose that an access begins later than its yes.
ALTER TABLE consent ADD COLUMN start_time timestamptz;
ALTER TABLE access_grant ADD COLUMN scheduled boolean NOT NULL DEFAULT false;
