-- +goose Up

-- Products are the operator's and known to all: outside row-level security, as
-- are the tables of the kit (outbox, inbox, idempotency) and of the job queue
-- (schema river).
CREATE TABLE product (
  id          uuid PRIMARY KEY,
  name        text NOT NULL,
  enter_url   text NOT NULL,
  audience    text NOT NULL CONSTRAINT product_audience_unique UNIQUE,
  spiffe_id   text NOT NULL CONSTRAINT product_spiffe_id_unique UNIQUE,
  create_time timestamptz NOT NULL
);

-- The staff of a partner. user_id is known once the invitation was accepted.
CREATE TABLE collaborator (
  partner_id    uuid NOT NULL,
  id            uuid NOT NULL,
  invitation_id uuid NOT NULL,
  user_id       uuid,
  given_name    text NOT NULL,
  family_name   text NOT NULL,
  email         text NOT NULL,
  partner_role  text NOT NULL CHECK (partner_role IN ('TECHNICAL_SUPPORT', 'ACCOUNTANT')),
  state         text NOT NULL CHECK (state IN ('INVITED', 'READY', 'LEFT')),
  version       bigint NOT NULL,
  create_time   timestamptz NOT NULL,
  leave_time    timestamptz,
  PRIMARY KEY (partner_id, id),
  CONSTRAINT collaborator_invitation_unique UNIQUE (partner_id, invitation_id),
  CHECK (state <> 'READY' OR user_id IS NOT NULL)
);
CREATE UNIQUE INDEX collaborator_person ON collaborator (partner_id, user_id) WHERE state <> 'LEFT';
SELECT aval_tenant_table('collaborator', 'partner_id');

-- The link between a partner and a client; the names are those of its day.
CREATE TABLE dossier (
  partner_id                 uuid NOT NULL,
  id                         uuid NOT NULL,
  client_id                  uuid NOT NULL,
  partner_name               text NOT NULL,
  client_name                text NOT NULL,
  client_registration_number text NOT NULL,
  sort_name                  text NOT NULL,
  state                      text NOT NULL CHECK (state IN ('PENDING', 'ACTIVE', 'ENDED')),
  version                    bigint NOT NULL,
  create_time                timestamptz NOT NULL,
  PRIMARY KEY (partner_id, id)
);
CREATE UNIQUE INDEX dossier_live ON dossier (partner_id, client_id) WHERE state <> 'ENDED';
CREATE INDEX dossier_by_name ON dossier (partner_id, sort_name, id);
SELECT aval_tenant_table('dossier', 'partner_id');

-- A partner wants a collaborator on a dossier. It is not access.
CREATE TABLE assignment (
  partner_id        uuid NOT NULL,
  id                uuid NOT NULL,
  dossier_id        uuid NOT NULL,
  collaborator_id   uuid NOT NULL,
  requester_id      uuid NOT NULL,
  consent_id        uuid,
  reason            text NOT NULL,
  proposed_duration interval NOT NULL,
  state             text NOT NULL CHECK (state IN ('PENDING_CONSENT', 'ACTIVE', 'SUSPENDED', 'ENDED')),
  end_reason        text NOT NULL,
  version           bigint NOT NULL,
  create_time       timestamptz NOT NULL,
  expire_time       timestamptz,
  end_time          timestamptz,
  end_actor_id      uuid,
  PRIMARY KEY (partner_id, id),
  FOREIGN KEY (partner_id, dossier_id) REFERENCES dossier (partner_id, id),
  FOREIGN KEY (partner_id, collaborator_id) REFERENCES collaborator (partner_id, id),
  CHECK ((state = 'ENDED') = (end_reason <> '')),
  CHECK ((state = 'ENDED') = (end_time IS NOT NULL))
);
CREATE UNIQUE INDEX assignment_live ON assignment (partner_id, collaborator_id, dossier_id) WHERE state <> 'ENDED';
CREATE INDEX assignment_by_dossier ON assignment (partner_id, dossier_id, id DESC);
CREATE INDEX assignment_by_collaborator ON assignment (partner_id, collaborator_id, id DESC);
SELECT aval_tenant_table('assignment', 'partner_id');

-- One visit of a collaborator in a dossier. Products name it by its id alone.
CREATE TABLE support_session (
  partner_id      uuid NOT NULL,
  id              uuid NOT NULL CONSTRAINT support_session_id_unique UNIQUE,
  assignment_id   uuid NOT NULL,
  dossier_id      uuid NOT NULL,
  collaborator_id uuid NOT NULL,
  product_id      uuid NOT NULL REFERENCES product (id),
  user_id         uuid NOT NULL,
  client_id       uuid NOT NULL,
  grant_id        uuid NOT NULL,
  consent_id      uuid NOT NULL,
  reason          text NOT NULL,
  start_time      timestamptz NOT NULL,
  expire_time     timestamptz NOT NULL,
  idle            interval NOT NULL,
  last_use_time   timestamptz NOT NULL,
  end_time        timestamptz,
  end_actor_id    uuid,
  version         bigint NOT NULL,
  PRIMARY KEY (partner_id, id),
  FOREIGN KEY (partner_id, assignment_id) REFERENCES assignment (partner_id, id)
);
CREATE INDEX support_session_by_assignment ON support_session (partner_id, assignment_id) WHERE end_time IS NULL;
CREATE INDEX support_session_by_collaborator ON support_session (partner_id, collaborator_id, id DESC);
CREATE INDEX support_session_open ON support_session (start_time, id) WHERE end_time IS NULL;
SELECT aval_tenant_table('support_session', 'partner_id');

-- A collaborator's leaving, on its way through the services. Whoever holds the
-- lease drives it.
CREATE TABLE removal (
  partner_id       uuid NOT NULL,
  id               uuid NOT NULL,
  collaborator_id  uuid NOT NULL,
  user_id          uuid,
  actor_id         uuid NOT NULL,
  stage            text NOT NULL CHECK (stage IN ('SUPPORT_SESSIONS', 'CONSENTS', 'MEMBERSHIP', 'BROWSER_SESSIONS', 'DONE')),
  assignments      integer NOT NULL,
  requests         integer NOT NULL,
  grants           integer NOT NULL,
  support_sessions integer NOT NULL,
  browser_sessions integer NOT NULL,
  create_time      timestamptz NOT NULL,
  complete_time    timestamptz,
  lease_time       timestamptz,
  PRIMARY KEY (partner_id, id),
  CONSTRAINT removal_collaborator_unique UNIQUE (partner_id, collaborator_id),
  FOREIGN KEY (partner_id, collaborator_id) REFERENCES collaborator (partner_id, id)
);
SELECT aval_tenant_table('removal', 'partner_id');

-- Facts do not vanish: the application never deletes one.
REVOKE DELETE ON product, collaborator, dossier, assignment, support_session, removal FROM partnersupport_app;
