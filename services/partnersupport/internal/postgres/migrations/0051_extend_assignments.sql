-- +goose Up

-- While one assignment runs, the client may be asked for a longer or a wider
-- one of the same person, whose yes takes its place.
DROP INDEX assignment_live;
CREATE UNIQUE INDEX assignment_live ON assignment (partner_id, collaborator_id, dossier_id, (state = 'PENDING_CONSENT'))
  WHERE state <> 'ENDED';

-- Since when the person is listed there, over all extensions: who was first
-- stays first.
ALTER TABLE assignment ADD COLUMN since_time timestamptz NOT NULL DEFAULT now();
UPDATE assignment
SET since_time = create_time;
