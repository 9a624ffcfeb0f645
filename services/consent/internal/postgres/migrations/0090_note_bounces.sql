-- +goose Up

-- When the mail with a link was known to have been refused for good.
ALTER TABLE consent_link ADD COLUMN bounce_time timestamptz;
