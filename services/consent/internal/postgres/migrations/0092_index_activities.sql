-- +goose Up

-- Whether a product recorded anything of a visit is asked at each look at its end.
CREATE INDEX history_activity ON history (account_id, support_session_id)
  WHERE support_session_id IS NOT NULL AND source <> 'event';
