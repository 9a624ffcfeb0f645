-- +goose Up

-- version rises with every password: a link made under the old one is worth
-- nothing under the next. An empty hash matches no password.
ALTER TABLE credentials ADD COLUMN version bigint NOT NULL DEFAULT 1;

-- What one person's secrets stand for is revoked together.
CREATE INDEX one_time_token_subject ON one_time_token (subject_id, kind) WHERE used_at IS NULL AND revoked_at IS NULL;

-- Somebody asked for a new password for an address, whether anybody has it or
-- not: that is looked up when the mail is prepared, and not before. Kept a day.
CREATE TABLE reset_request (
  id          uuid PRIMARY KEY,
  email_key   text COLLATE "C" NOT NULL,
  create_time timestamptz NOT NULL
);
CREATE INDEX reset_request_old ON reset_request (create_time, id);

-- A person moves to another address. actor_id is the administrator who began
-- it; NULL: the person themself.
CREATE TABLE email_change (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users (id),
  old_email    text NOT NULL,
  new_email    text NOT NULL,
  actor_id     uuid,
  state        text NOT NULL CONSTRAINT email_change_state_known
    CHECK (state IN ('PENDING', 'CONFIRMED', 'UNDONE', 'CANCELLED')),
  create_time  timestamptz NOT NULL,
  confirm_time timestamptz,
  CONSTRAINT email_change_is_confirmed CHECK ((state IN ('CONFIRMED', 'UNDONE')) = (confirm_time IS NOT NULL))
);
CREATE UNIQUE INDEX email_change_pending ON email_change (user_id) WHERE state = 'PENDING';
CREATE INDEX email_change_of_user ON email_change (user_id, create_time, id);

-- A person who wants to be forgotten. The row stays, empty: ids are never given
-- to anybody else.
ALTER TABLE users
  ADD COLUMN erase_request_time timestamptz,
  ADD COLUMN erase_time timestamptz;

-- Which service has confirmed that it forgot whom.
CREATE TABLE erasure_step (
  user_id uuid NOT NULL REFERENCES users (id),
  service text NOT NULL,
  time    timestamptz NOT NULL,
  PRIMARY KEY (user_id, service)
);
