-- +goose Up

-- The mail that asks the client leaves at once, and waits for no others.
ALTER TABLE assignment ADD COLUMN urgent boolean NOT NULL DEFAULT false;

-- When the mail leaves that asks the client, where it waits for others.
ALTER TABLE assignment ADD COLUMN mail_time timestamptz;
