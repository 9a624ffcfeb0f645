-- +goose Up

-- Who can come in at a client, oldest first.
CREATE INDEX consent_in_force ON consent (client_id, give_time, id) WHERE state = 'GIVEN';
