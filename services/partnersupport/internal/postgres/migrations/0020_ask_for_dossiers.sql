-- +goose Up

-- Who of the partner asked for the link; the platform's have nobody.
ALTER TABLE dossier ADD COLUMN requester_id uuid;

-- By what a partner finds a client that it is not linked with. The client alone
-- reads and renews it.
CREATE TABLE client_code (
  client_id   uuid NOT NULL PRIMARY KEY,
  code        text NOT NULL CONSTRAINT client_code_unique UNIQUE,
  actor_id    uuid NOT NULL,
  create_time timestamptz NOT NULL
);
SELECT aval_tenant_table('client_code', 'client_id');
REVOKE DELETE ON client_code FROM partnersupport_app;
