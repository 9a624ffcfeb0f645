-- +goose Up

-- What tells one's own sessions apart, and when the person last proved again
-- who they are.
ALTER TABLE sessions
  ADD COLUMN device text NOT NULL DEFAULT '',
  ADD COLUMN network text NOT NULL DEFAULT '',
  ADD COLUMN step_up_time timestamptz;

ALTER TABLE sessions
  DROP CONSTRAINT sessions_end_reason_known,
  ADD CONSTRAINT sessions_end_reason_known CHECK (end_reason IN (
    'SIGNED_OUT', 'ROTATED', 'CROWDED_OUT', 'ENDED_BY_SERVICE',
    'REVOKED', 'PASSWORD_CHANGED', 'EMAIL_CHANGED', 'ERASED'));
