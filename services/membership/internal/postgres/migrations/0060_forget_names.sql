-- +goose Up

-- What is looked for when names are past their term.
CREATE INDEX invitation_named ON invitation (expire_time, id) WHERE state <> 'ACCEPTED' AND email <> '';
CREATE INDEX member_named ON member (end_time, id) WHERE end_time IS NOT NULL AND email <> '';
CREATE INDEX client_contact_named ON client_contact (end_time, id) WHERE end_time IS NOT NULL AND email <> '';
CREATE INDEX client_contact_of ON client_contact (email_key) WHERE email <> '';
