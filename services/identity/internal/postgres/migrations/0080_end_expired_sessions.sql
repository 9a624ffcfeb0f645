-- +goose Up

-- A session whose token is shown after its time ends in writing: a clock that
-- is set back must not bring it to life again.
ALTER TABLE sessions
  DROP CONSTRAINT sessions_end_reason_known,
  ADD CONSTRAINT sessions_end_reason_known CHECK (end_reason IN (
    'SIGNED_OUT', 'ROTATED', 'CROWDED_OUT', 'ENDED_BY_SERVICE',
    'REVOKED', 'PASSWORD_CHANGED', 'EMAIL_CHANGED', 'ERASED', 'AGENT_CHANGED', 'EXPIRED'));
