-- +goose Up

-- phone belongs to the organisation that typed it. A membership with a
-- valid_until is over from that instant on, whoever has written its end or not.
ALTER TABLE member ADD COLUMN IF NOT EXISTS phone text NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN IF NOT EXISTS valid_until timestamptz;
ALTER TABLE member ADD COLUMN suspend_time timestamptz;
CREATE INDEX member_ending ON member (valid_until) WHERE end_time IS NULL AND valid_until IS NOT NULL;

-- What the decision reads of a suspension: entries of a suspended member are
-- passed over, and so are the grants that stand on that membership.
ALTER TABLE access_entry ADD COLUMN suspended boolean NOT NULL DEFAULT false;

-- Suspending a collaborator closes their visits.
CREATE INDEX support_session_open ON support_session (partner_id, subject_id) WHERE close_time IS NULL;

-- NULL: no limit (R131).
ALTER TABLE organization ADD COLUMN seat_limit integer CHECK (seat_limit >= 1);
