-- +goose Up

-- What a client pays in a month, as the platform told it last.
CREATE TABLE revenue (
  partner_id   uuid NOT NULL,
  client_id    uuid NOT NULL,
  month        date NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  currency     text NOT NULL,
  update_time  timestamptz NOT NULL,
  PRIMARY KEY (partner_id, month, client_id)
);
SELECT aval_tenant_table('revenue', 'partner_id');

-- The credits of a month as they were when it was frozen.
CREATE TABLE frozen_credit (
  partner_id    uuid NOT NULL,
  month         date NOT NULL,
  dossier_id    uuid NOT NULL,
  client_id     uuid NOT NULL,
  client_name   text NOT NULL,
  sort_name     text NOT NULL,
  visits        integer NOT NULL,
  collaborators integer NOT NULL,
  untagged      boolean NOT NULL,
  conflicting   boolean NOT NULL,
  amount_minor  bigint NOT NULL,
  currency      text NOT NULL,
  freeze_time   timestamptz NOT NULL,
  PRIMARY KEY (partner_id, month, dossier_id),
  FOREIGN KEY (partner_id, dossier_id) REFERENCES dossier (partner_id, id)
);
SELECT aval_tenant_table('frozen_credit', 'partner_id');
CREATE INDEX frozen_credit_by_name ON frozen_credit (partner_id, month, sort_name, dossier_id);
REVOKE DELETE ON revenue, frozen_credit FROM partnersupport_app;

CREATE INDEX support_session_by_start ON support_session (partner_id, start_time);
