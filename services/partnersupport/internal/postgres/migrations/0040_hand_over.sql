-- +goose Up

-- The assignment that another takes over, for the request's text and the swap
-- that the client's yes makes. One such request waits at a time.
ALTER TABLE assignment ADD COLUMN predecessor_id uuid;
ALTER TABLE assignment
  ADD CONSTRAINT assignment_predecessor FOREIGN KEY (partner_id, predecessor_id) REFERENCES assignment (partner_id, id);
CREATE UNIQUE INDEX assignment_hand_over ON assignment (partner_id, predecessor_id) WHERE state = 'PENDING_CONSENT';

-- How many clients were asked for whoever follows a collaborator who left.
ALTER TABLE removal ADD COLUMN hand_overs integer NOT NULL DEFAULT 0;
