-- +goose Up

-- People who asked to be forgotten: what names them stays until the term of the
-- proof it belongs to, and serves nothing else.
CREATE TABLE erased_person (
  user_id      uuid PRIMARY KEY,
  request_time timestamptz NOT NULL
);

-- What is held about one person, over all accounts.
CREATE INDEX history_person ON history (actor_id, time DESC, id DESC);
CREATE INDEX consent_about ON consent (user_id);
CREATE INDEX consent_answered ON consent (approver_id) WHERE approver_id IS NOT NULL;
CREATE INDEX consent_link_recipient ON consent_link (recipient_id);
