-- +goose Up

-- What people prove themselves with beside the password. An authenticator app
-- counts from confirm_time on; a passkey is confirmed when it is made.
CREATE TABLE factor (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL REFERENCES users (id),
  kind          text NOT NULL CONSTRAINT factor_kind_known CHECK (kind IN ('TOTP', 'PASSKEY')),
  name          text NOT NULL DEFAULT '',
  create_time   timestamptz NOT NULL,
  confirm_time  timestamptz,
  use_time      timestamptz,
  -- An app's secret, sealed, and the last time step that was proven: no step
  -- counts twice.
  secret        bytea,
  step          bigint NOT NULL DEFAULT 0,
  -- A passkey's id and its public half, with its sign count.
  credential_id bytea CONSTRAINT factor_credential_unique UNIQUE,
  credential    jsonb,
  CONSTRAINT factor_is_whole CHECK (
    CASE kind
      WHEN 'TOTP' THEN secret IS NOT NULL AND credential IS NULL
      ELSE credential IS NOT NULL AND credential_id IS NOT NULL AND confirm_time IS NOT NULL AND secret IS NULL
    END)
);
CREATE INDEX factor_of_user ON factor (user_id, id);
-- One app in force and one on its way.
CREATE UNIQUE INDEX factor_one_app ON factor (user_id, (confirm_time IS NULL)) WHERE kind = 'TOTP';

-- Hashes of the codes for who lost the rest.
CREATE TABLE recovery_code (
  user_id     uuid NOT NULL REFERENCES users (id),
  hash        bytea NOT NULL CONSTRAINT recovery_code_is_hash CHECK (octet_length(hash) = 32),
  create_time timestamptz NOT NULL,
  use_time    timestamptz,
  PRIMARY KEY (user_id, hash)
);

-- The random name under which passkeys know a person.
CREATE TABLE passkey_handle (
  user_id uuid PRIMARY KEY REFERENCES users (id),
  handle  bytea NOT NULL CONSTRAINT passkey_handle_unique UNIQUE
);

-- Questions that passkeys answer once. Nobody's: to sign in with.
CREATE TABLE passkey_challenge (
  id          uuid PRIMARY KEY,
  purpose     text NOT NULL CONSTRAINT passkey_challenge_purpose_known CHECK (purpose IN ('ENROL', 'VERIFY', 'SIGN_IN')),
  user_id     uuid REFERENCES users (id),
  state       jsonb NOT NULL,
  expire_time timestamptz NOT NULL
);
CREATE INDEX passkey_challenge_old ON passkey_challenge (expire_time);
