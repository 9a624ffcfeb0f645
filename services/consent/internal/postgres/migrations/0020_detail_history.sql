-- +goose Up

-- What a fact changed: [{"What": …, "Before": …, "After": …}], words of the
-- contract and no personal data.
ALTER TABLE history ADD COLUMN changes jsonb NOT NULL DEFAULT '[]';
CREATE INDEX history_feature ON history (account_id, feature, time, id) WHERE feature <> '';
CREATE INDEX history_subject ON history (account_id, subject_id, time, id) WHERE subject_id IS NOT NULL;
