-- +goose Up

-- The picture that the HTML of a mail shows; a part of the body, and emptied
-- with it.
ALTER TABLE delivery ADD COLUMN logo bytea NOT NULL DEFAULT '';
