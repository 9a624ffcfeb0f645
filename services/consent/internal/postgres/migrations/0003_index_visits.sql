-- +goose Up

-- What a product records of a visit is attributed by the visit's beginning.
CREATE INDEX history_visit ON history (account_id, support_session_id)
  WHERE support_session_id IS NOT NULL AND source = 'event';
