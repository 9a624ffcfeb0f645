-- +goose Up

-- How a collaborator belongs to the partner, and when: whoever acted untagged
-- is found at any past instant. Whoever writes one holds the collaborator's
-- lock, so that two never hold at once.
CREATE TABLE collaborator_tag (
  partner_id      uuid NOT NULL,
  id              uuid NOT NULL,
  collaborator_id uuid NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('EMPLOYEE', 'FREELANCER')),
  since_time      timestamptz NOT NULL,
  until_time      timestamptz,
  actor_id        uuid NOT NULL,
  end_actor_id    uuid,
  PRIMARY KEY (partner_id, id),
  FOREIGN KEY (partner_id, collaborator_id) REFERENCES collaborator (partner_id, id),
  CHECK (until_time >= since_time)
);
CREATE UNIQUE INDEX collaborator_tag_open ON collaborator_tag (partner_id, collaborator_id) WHERE until_time IS NULL;
CREATE INDEX collaborator_tag_by_collaborator ON collaborator_tag (partner_id, collaborator_id, id DESC);
SELECT aval_tenant_table('collaborator_tag', 'partner_id');
REVOKE DELETE ON collaborator_tag FROM partnersupport_app;
