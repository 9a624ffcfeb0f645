-- +goose Up

-- The family of the browser that signed in. Empty where it said nothing of
-- itself, or signed in before this was kept: such a session is bound to none.
ALTER TABLE sessions ADD COLUMN agent text NOT NULL DEFAULT '';

ALTER TABLE sessions
  DROP CONSTRAINT sessions_end_reason_known,
  ADD CONSTRAINT sessions_end_reason_known CHECK (end_reason IN (
    'SIGNED_OUT', 'ROTATED', 'CROWDED_OUT', 'ENDED_BY_SERVICE',
    'REVOKED', 'PASSWORD_CHANGED', 'EMAIL_CHANGED', 'ERASED', 'AGENT_CHANGED'));
