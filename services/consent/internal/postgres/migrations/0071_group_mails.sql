-- +goose Up

-- A mail with the requests of one partner for one approver: at most one of
-- them waits to leave. Outside row-level security, like links: a departure
-- spans the companies that one person answers for, and names nobody but by id.
CREATE TABLE mail_departure (
  id           uuid PRIMARY KEY,
  partner_id   uuid NOT NULL,
  recipient_id uuid NOT NULL,
  plan_time    timestamptz NOT NULL,
  leave_time   timestamptz
);
CREATE UNIQUE INDEX mail_departure_waits ON mail_departure (partner_id, recipient_id) WHERE leave_time IS NULL;
CREATE INDEX mail_departure_left ON mail_departure (partner_id, recipient_id, leave_time DESC, id DESC) WHERE leave_time IS NOT NULL;
CREATE INDEX mail_departure_old ON mail_departure (leave_time, id) WHERE leave_time IS NOT NULL;

-- What a departure takes along.
CREATE TABLE mail_departure_request (
  departure_id uuid NOT NULL REFERENCES mail_departure (id) ON DELETE CASCADE,
  client_id    uuid NOT NULL,
  consent_id   uuid NOT NULL,
  PRIMARY KEY (departure_id, consent_id)
);
CREATE INDEX mail_departure_of_request ON mail_departure_request (consent_id, departure_id);

-- The link of a departure stands for all its requests.
ALTER TABLE consent_link ADD COLUMN departure_id uuid;
ALTER TABLE consent_link ALTER COLUMN client_id DROP NOT NULL;
ALTER TABLE consent_link ALTER COLUMN consent_id DROP NOT NULL;
ALTER TABLE consent_link ADD CONSTRAINT consent_link_for_one_or_group
  CHECK ((consent_id IS NULL) = (departure_id IS NOT NULL) AND (client_id IS NULL) = (consent_id IS NULL));
CREATE INDEX consent_link_departure ON consent_link (departure_id) WHERE departure_id IS NOT NULL;
