-- +goose Up

-- Codes sent to recipients of links, without their digits, which follow from
-- the id and a key. Outside row-level security, like links: they are looked up
-- before any tenant is known.
CREATE TABLE consent_code (
  id           uuid PRIMARY KEY,
  client_id    uuid NOT NULL,
  consent_id   uuid NOT NULL,
  recipient_id uuid NOT NULL,
  device       bytea NOT NULL CHECK (octet_length(device) = 32),
  tries        integer NOT NULL DEFAULT 0,
  create_time  timestamptz NOT NULL,
  expire_time  timestamptz NOT NULL,
  confirm_time timestamptz
);
CREATE INDEX consent_code_asked ON consent_code (consent_id, recipient_id, create_time);
CREATE INDEX consent_code_recipient ON consent_code (recipient_id);
CREATE INDEX consent_code_expire ON consent_code (expire_time, id);

-- Devices on which a person typed a code. A person belongs to no tenant.
CREATE TABLE known_device (
  hash        bytea NOT NULL CHECK (octet_length(hash) = 32),
  user_id     uuid NOT NULL,
  create_time timestamptz NOT NULL,
  expire_time timestamptz NOT NULL,
  PRIMARY KEY (user_id, hash)
);
CREATE INDEX known_device_expire ON known_device (expire_time, user_id, hash);
