-- +goose Up

-- By what the same person is found at another partner: the address as it is
-- unique, and without its tag. Empty where none is known, or any more.
ALTER TABLE collaborator ADD COLUMN email_key text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE collaborator ADD COLUMN canonical_key text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX collaborator_by_canonical ON collaborator (canonical_key) WHERE canonical_key <> '';
CREATE INDEX collaborator_by_person ON collaborator (user_id);

-- Somebody asks the partner that was first to let a person go. Who, it does not
-- say: that stands in the asker's own rows.
CREATE TABLE release_request (
  partner_id    uuid NOT NULL,
  id            uuid NOT NULL CONSTRAINT release_request_id_unique UNIQUE,
  assignment_id uuid NOT NULL,
  create_time   timestamptz NOT NULL,
  keep_time     timestamptz,
  keep_actor_id uuid,
  version       bigint NOT NULL,
  PRIMARY KEY (partner_id, id),
  CONSTRAINT release_request_assignment_unique UNIQUE (partner_id, assignment_id),
  FOREIGN KEY (partner_id, assignment_id) REFERENCES assignment (partner_id, id)
);
SELECT aval_tenant_table('release_request', 'partner_id');

-- What the partner that came second asked for.
CREATE TABLE release_wish (
  partner_id         uuid NOT NULL,
  assignment_id      uuid NOT NULL,
  release_request_id uuid NOT NULL,
  actor_id           uuid NOT NULL,
  create_time        timestamptz NOT NULL,
  PRIMARY KEY (partner_id, assignment_id),
  FOREIGN KEY (partner_id, assignment_id) REFERENCES assignment (partner_id, id)
);
SELECT aval_tenant_table('release_wish', 'partner_id');
REVOKE DELETE ON release_request, release_wish FROM partnersupport_app;
