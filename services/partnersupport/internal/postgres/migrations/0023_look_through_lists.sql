-- +goose Up

-- The name as it is searched, with the address.
ALTER TABLE collaborator ADD COLUMN search_text text NOT NULL DEFAULT '';
UPDATE collaborator
SET search_text = lower(given_name || ' ' || family_name || ' ' || email);

-- Lists are looked through by how things stand.
CREATE INDEX assignment_by_state ON assignment (partner_id, state, dossier_id) WHERE state <> 'ENDED';
CREATE INDEX support_session_of_assignment ON support_session (partner_id, assignment_id);
