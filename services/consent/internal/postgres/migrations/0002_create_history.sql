-- +goose Up

-- What touched an account, and who did it. Facts come from events and from
-- platform teams' products; they never vanish.
CREATE TABLE history (
  account_id         uuid NOT NULL,
  id                 uuid NOT NULL,
  time               timestamptz NOT NULL,
  record_time        timestamptz NOT NULL DEFAULT now(),
  actor_id           uuid,
  actor_name         text NOT NULL DEFAULT '',
  acting_for_id      uuid,
  subject_id         uuid,
  partner_id         uuid,
  consent_id         uuid,
  grant_id           uuid,
  support_session_id uuid,
  feature            text NOT NULL DEFAULT '',
  action             text NOT NULL,
  object             text NOT NULL DEFAULT '',
  outcome            text NOT NULL CHECK (outcome IN ('DONE', 'DENIED', 'FAILED')),
  source             text NOT NULL,
  request_id         text NOT NULL DEFAULT '',
  PRIMARY KEY (account_id, id)
);
CREATE INDEX history_time ON history (account_id, time, id);
CREATE INDEX history_actor ON history (account_id, actor_id, time, id);
-- A product's request is taken once; an event's id stands here too.
CREATE UNIQUE INDEX history_source_once ON history (account_id, source, request_id) WHERE request_id <> '';

SELECT aval_tenant_table('history', 'account_id');

-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON history FROM %I, %I',
    aval_role('history', '_app'), aval_role('history', '_system'));
END $$;
-- +goose StatementEnd
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON history FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
