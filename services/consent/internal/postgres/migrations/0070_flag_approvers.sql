-- +goose Up

-- Who answered is a member of the asking partner too: an owner of the client,
-- signed in with a second factor.
ALTER TABLE consent ADD COLUMN approver_of_partner boolean NOT NULL DEFAULT false;
