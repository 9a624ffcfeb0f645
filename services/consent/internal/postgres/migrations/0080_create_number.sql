-- +goose Up

-- Numbers that clients on the phone type to find a request: no secrets, and
-- outside row-level security, like links: they are looked up before any tenant
-- is known.
CREATE TABLE consent_number (
  number      text PRIMARY KEY CHECK (number ~ '^[0-9]{8}$'),
  client_id   uuid NOT NULL,
  consent_id  uuid NOT NULL,
  create_time timestamptz NOT NULL,
  expire_time timestamptz NOT NULL
);
CREATE INDEX consent_number_request ON consent_number (consent_id, expire_time);
CREATE INDEX consent_number_expire ON consent_number (expire_time, number);

-- Who typed a number and wants a code: address and network stand here as keyed
-- hashes alone. A number that leads nowhere has a row too: tries are counted
-- before anything is looked up.
CREATE TABLE consent_call (
  id          uuid PRIMARY KEY,
  number      text NOT NULL,
  client_id   uuid,
  consent_id  uuid,
  address     bytea NOT NULL CHECK (octet_length(address) = 32),
  source      bytea NOT NULL CHECK (octet_length(source) = 32),
  device      bytea NOT NULL CHECK (octet_length(device) = 32),
  tries       integer NOT NULL DEFAULT 0,
  create_time timestamptz NOT NULL,
  expire_time timestamptz NOT NULL
);
CREATE INDEX consent_call_number ON consent_call (number, create_time);
CREATE INDEX consent_call_source ON consent_call (source, create_time);
CREATE INDEX consent_call_address ON consent_call (address, create_time);
CREATE INDEX consent_call_expire ON consent_call (expire_time, id);
