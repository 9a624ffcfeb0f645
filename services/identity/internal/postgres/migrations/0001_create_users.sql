-- +goose Up

-- All tables of identity stand outside row-level security: a person belongs to
-- no tenant, and tokens are looked up before any tenant is known.

-- A person: exactly one address, unique in its canonical key (R88), which is
-- compared byte by byte and made by the application alone. version counts the
-- person's events; whoever raises it holds the row.
CREATE TABLE users (
  id          uuid PRIMARY KEY,
  email       text NOT NULL,
  email_key   text COLLATE "C" NOT NULL CONSTRAINT users_email_key_unique UNIQUE,
  locale      text NOT NULL CONSTRAINT users_locale_known CHECK (locale IN ('fr', 'en')),
  version     bigint NOT NULL DEFAULT 0,
  create_time timestamptz NOT NULL
);

-- At most one password a person (R108). hash is a PHC string that names the
-- pepper's key.
CREATE TABLE credentials (
  user_id     uuid PRIMARY KEY REFERENCES users (id),
  hash        text NOT NULL,
  create_time timestamptz NOT NULL,
  update_time timestamptz NOT NULL
);

-- What browsers hold. No organisation: intermediate, before one is chosen.
CREATE TABLE sessions (
  id              uuid PRIMARY KEY,
  token_hash      bytea NOT NULL CONSTRAINT sessions_token_hash_unique UNIQUE,
  user_id         uuid NOT NULL REFERENCES users (id),
  organization_id uuid,
  name            text NOT NULL,
  amr             text[] NOT NULL,
  auth_time       timestamptz NOT NULL,
  create_time     timestamptz NOT NULL,
  use_time        timestamptz NOT NULL,
  expire_time     timestamptz NOT NULL,
  end_time        timestamptz,
  end_reason      text CONSTRAINT sessions_end_reason_known
    CHECK (end_reason IN ('SIGNED_OUT', 'ROTATED', 'CROWDED_OUT', 'ENDED_BY_SERVICE')),
  CONSTRAINT sessions_end_is_whole CHECK ((end_time IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_of_user ON sessions (user_id, create_time, id) WHERE end_time IS NULL;

-- Secrets that serve once. subject_id is what the token stands for, binding
-- who alone may use it.
CREATE TABLE one_time_token (
  id          uuid PRIMARY KEY,
  hash        bytea NOT NULL CONSTRAINT one_time_token_hash_unique UNIQUE,
  kind        text NOT NULL,
  tenant_id   uuid,
  subject_id  uuid NOT NULL,
  binding     text NOT NULL,
  create_time timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz,
  used_by     text,
  revoked_at  timestamptz
);
