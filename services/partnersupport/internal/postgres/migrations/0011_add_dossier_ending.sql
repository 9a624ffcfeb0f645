-- +goose Up

-- The end of a link on its way through the services; one at a time.
CREATE TABLE dossier_ending (
  partner_id       uuid NOT NULL,
  id               uuid NOT NULL,
  dossier_id       uuid NOT NULL,
  client_id        uuid NOT NULL,
  side             text NOT NULL CHECK (side IN ('PARTNER', 'CLIENT')),
  actor_id         uuid NOT NULL,
  assignments      integer NOT NULL,
  requests         integer NOT NULL,
  grants           integer NOT NULL,
  support_sessions integer NOT NULL,
  browser_sessions integer NOT NULL,
  create_time      timestamptz NOT NULL,
  complete_time    timestamptz,
  PRIMARY KEY (partner_id, id),
  FOREIGN KEY (partner_id, dossier_id) REFERENCES dossier (partner_id, id)
);
CREATE UNIQUE INDEX dossier_ending_open ON dossier_ending (partner_id, dossier_id) WHERE complete_time IS NULL;
CREATE INDEX dossier_ending_by_dossier ON dossier_ending (partner_id, dossier_id, id DESC);
SELECT aval_tenant_table('dossier_ending', 'partner_id');
REVOKE DELETE ON dossier_ending FROM partnersupport_app;

-- The client reads with whom it is linked, and changes nothing.
CREATE INDEX dossier_by_client ON dossier (client_id, id DESC);
CREATE POLICY client_read ON dossier FOR SELECT TO partnersupport_app USING (client_id = ctx_tenant());
