-- +goose Up

-- When membership suspended the person, and as which member: whoever is
-- suspended is found there by that id alone.
ALTER TABLE collaborator ADD COLUMN suspend_time timestamptz;
ALTER TABLE collaborator ADD COLUMN member_id uuid;
