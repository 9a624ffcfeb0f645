-- +goose Up

-- A request and what became of it. Names and rights asked for are a snapshot
-- of the moment of asking: the text that the client read can be made again.
CREATE TABLE consent (
  client_id           uuid NOT NULL,
  id                  uuid NOT NULL,
  partner_id          uuid NOT NULL,
  assignment_id       uuid NOT NULL,
  user_id             uuid NOT NULL,
  requester_id        uuid NOT NULL,
  client_name         text NOT NULL,
  client_locale       text NOT NULL CHECK (client_locale IN ('fr', 'en')),
  product_name        text NOT NULL,
  partner             jsonb NOT NULL,
  given_name          text NOT NULL,
  family_name         text NOT NULL,
  partner_role        text NOT NULL CHECK (partner_role IN ('TECHNICAL_SUPPORT', 'ACCOUNTANT')),
  reason              text NOT NULL,
  proposed_seconds    bigint NOT NULL CHECK (proposed_seconds > 0),
  lines               jsonb NOT NULL,
  state               text NOT NULL CHECK (state IN (
    'REQUESTED', 'GIVEN', 'REFUSED', 'EXPIRED_UNANSWERED', 'CANCELLED',
    'WITHDRAWN', 'TERMINATED', 'EXPIRED', 'SUPERSEDED', 'INVALIDATED')),
  choice              text NOT NULL DEFAULT '',
  granted             jsonb NOT NULL DEFAULT '[]',
  create_time         timestamptz NOT NULL,
  request_expire_time timestamptz NOT NULL,
  last_mail_time      timestamptz NOT NULL,
  give_time           timestamptz,
  refuse_time         timestamptz,
  expire_time         timestamptz,
  revoke_time         timestamptz,
  approver_id         uuid,
  approver_name       text NOT NULL DEFAULT '',
  assurance           text NOT NULL DEFAULT '',
  text_hash           text NOT NULL DEFAULT '',
  text_version        text NOT NULL DEFAULT '',
  text_locale         text NOT NULL DEFAULT '',
  network             text NOT NULL DEFAULT '',
  agent               text NOT NULL DEFAULT '',
  version             bigint NOT NULL CHECK (version > 0),
  PRIMARY KEY (client_id, id),
  CONSTRAINT consent_assignment_unique UNIQUE (client_id, assignment_id),
  CONSTRAINT consent_parties_unique UNIQUE (client_id, id, partner_id),
  CONSTRAINT consent_yes_has_evidence CHECK (
    state NOT IN ('GIVEN', 'WITHDRAWN', 'TERMINATED', 'EXPIRED', 'SUPERSEDED')
    OR (give_time IS NOT NULL AND approver_id IS NOT NULL AND choice <> '' AND text_hash <> ''))
);
CREATE INDEX consent_partner ON consent (partner_id, id);
CREATE INDEX consent_subject ON consent (partner_id, user_id) WHERE state IN ('REQUESTED', 'GIVEN');
CREATE INDEX consent_person ON consent (client_id, partner_id, user_id, create_time);
CREATE INDEX consent_asked_due ON consent (request_expire_time) WHERE state = 'REQUESTED';
CREATE INDEX consent_given_due ON consent (expire_time) WHERE state = 'GIVEN' AND expire_time IS NOT NULL;

-- The delegated right under a given consent. settled is the version that the
-- decision has confirmed.
CREATE TABLE access_grant (
  client_id    uuid NOT NULL,
  id           uuid NOT NULL,
  consent_id   uuid NOT NULL,
  partner_id   uuid NOT NULL,
  user_id      uuid NOT NULL,
  partner_role text NOT NULL,
  rights       jsonb NOT NULL,
  state        text NOT NULL CHECK (state IN ('ACTIVE', 'ENDED', 'REVOKED')),
  valid_from   timestamptz NOT NULL,
  valid_until  timestamptz,
  end_time     timestamptz,
  end_reason   text NOT NULL DEFAULT '',
  version      bigint NOT NULL CHECK (version > 0),
  settled      bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (client_id, id),
  CONSTRAINT access_grant_consent_unique UNIQUE (client_id, consent_id),
  FOREIGN KEY (client_id, consent_id, partner_id) REFERENCES consent (client_id, id, partner_id)
);
-- One in force per person, client, partner and role.
CREATE UNIQUE INDEX access_grant_one_active
  ON access_grant (client_id, partner_id, user_id, partner_role) WHERE state = 'ACTIVE';
CREATE INDEX access_grant_subject ON access_grant (partner_id, user_id);

-- Every step of every consent, for ever.
CREATE TABLE transition (
  client_id  uuid NOT NULL,
  consent_id uuid NOT NULL,
  version    bigint NOT NULL,
  partner_id uuid NOT NULL,
  event      text NOT NULL,
  from_state text NOT NULL,
  to_state   text NOT NULL,
  party      text NOT NULL CHECK (party IN ('', 'CLIENT', 'PARTNER', 'PLATFORM')),
  actor_id   uuid,
  actor_name text NOT NULL,
  time       timestamptz NOT NULL,
  reason     text NOT NULL,
  PRIMARY KEY (client_id, consent_id, version),
  FOREIGN KEY (client_id, consent_id, partner_id) REFERENCES consent (client_id, id, partner_id)
);

-- Links to a request, one or several per recipient, valid to their common end.
-- Outside row-level security: the look-up comes before any tenant is known.
CREATE TABLE consent_link (
  hash         bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  client_id    uuid NOT NULL,
  consent_id   uuid NOT NULL,
  recipient_id uuid NOT NULL,
  given_name   text NOT NULL,
  locale       text NOT NULL CHECK (locale IN ('fr', 'en')),
  create_time  timestamptz NOT NULL,
  expire_time  timestamptz NOT NULL
);
CREATE INDEX consent_link_expire ON consent_link (expire_time);

-- Row-level security: the client and the partner see a consent and its grant;
-- the timeline is the client's to read.
SELECT aval_protect_table('consent');
SELECT aval_protect_table('access_grant');
SELECT aval_protect_table('transition');

-- +goose StatementBegin
DO $$
DECLARE
  app name := aval_role('consent', '_app');
  tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['consent', 'access_grant'] LOOP
    EXECUTE format('CREATE POLICY parties_read ON %I FOR SELECT TO %I USING (client_id = ctx_tenant() OR partner_id = ctx_tenant())', tbl, app);
    EXECUTE format('CREATE POLICY client_insert ON %I FOR INSERT TO %I WITH CHECK (client_id = ctx_tenant())', tbl, app);
    EXECUTE format('CREATE POLICY parties_update ON %I FOR UPDATE TO %I USING (client_id = ctx_tenant() OR partner_id = ctx_tenant()) WITH CHECK (client_id = ctx_tenant() OR partner_id = ctx_tenant())', tbl, app);
  END LOOP;
  EXECUTE format('CREATE POLICY client_read ON transition FOR SELECT TO %I USING (client_id = ctx_tenant())', app);
  EXECUTE format('CREATE POLICY parties_insert ON transition FOR INSERT TO %I WITH CHECK (client_id = ctx_tenant() OR partner_id = ctx_tenant())', app);
  EXECUTE format('REVOKE DELETE, TRUNCATE ON consent, access_grant FROM %I, %I', app, aval_role('consent', '_system'));
  EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON transition FROM %I, %I', app, aval_role('consent', '_system'));
END $$;
-- +goose StatementEnd

-- WITH CHECK cannot see the old row: what an update may change is the
-- trigger's to say. Parties never change, what is over stays over, and the
-- partner's side may only move towards an end.
-- +goose StatementBegin
CREATE FUNCTION guard_consent() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  allowed text[] := ARRAY['state', 'revoke_time', 'last_mail_time', 'version'];
BEGIN
  IF (NEW.client_id, NEW.id, NEW.partner_id, NEW.user_id, NEW.assignment_id)
    IS DISTINCT FROM (OLD.client_id, OLD.id, OLD.partner_id, OLD.user_id, OLD.assignment_id) THEN
    RAISE EXCEPTION 'the parties of a consent never change' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state NOT IN ('REQUESTED', 'GIVEN') AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'a consent that is over stays over' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.partner_id = ctx_tenant() AND OLD.client_id <> ctx_tenant() THEN
    IF to_jsonb(NEW) - allowed IS DISTINCT FROM to_jsonb(OLD) - allowed THEN
      RAISE EXCEPTION 'a partner changes nothing of a consent but its end' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state NOT IN ('CANCELLED', 'TERMINATED', 'EXPIRED', 'EXPIRED_UNANSWERED') THEN
      RAISE EXCEPTION 'a partner only moves a consent towards its end' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guard BEFORE UPDATE ON consent FOR EACH ROW EXECUTE FUNCTION guard_consent();

-- +goose StatementBegin
CREATE FUNCTION guard_grant() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  allowed text[] := ARRAY['state', 'end_time', 'end_reason', 'version', 'settled'];
BEGIN
  -- Nobody widens a grant: a wider right is a new consent.
  IF to_jsonb(NEW) - allowed IS DISTINCT FROM to_jsonb(OLD) - allowed THEN
    RAISE EXCEPTION 'a grant changes by its end alone' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state <> 'ACTIVE' AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'a grant that is over stays over' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.version < OLD.version OR NEW.settled > NEW.version THEN
    RAISE EXCEPTION 'the version of a grant only rises' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guard BEFORE UPDATE ON access_grant FOR EACH ROW EXECUTE FUNCTION guard_grant();

-- Append-only for everybody but the owner, and loudly so.
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON transition FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON transition FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
