-- +goose Up

-- The key of the signed-in person's address, set for one transaction by me/*
-- methods; NULL when unset, which equals no row.
-- +goose StatementBegin
CREATE FUNCTION ctx_email_key() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.email_key', true), '') $$;
-- +goose StatementEnd

CREATE TABLE organization (
  id                  uuid PRIMARY KEY,
  kind                text NOT NULL CHECK (kind IN ('PARTNER', 'CLIENT', 'PLATFORM')),
  legal_name          text NOT NULL,
  registration_number text NOT NULL,
  postal_address      text NOT NULL,
  contact_email       text NOT NULL,
  contact_phone       text NOT NULL,
  locale              text NOT NULL CHECK (locale IN ('fr', 'en')),
  level1_support      boolean NOT NULL,
  state               text NOT NULL CHECK (state IN ('ACTIVE', 'SUSPENDED')),
  create_time         timestamptz NOT NULL,
  CONSTRAINT organization_level1_support CHECK (kind = 'PARTNER' OR NOT level1_support)
);

-- A person in an organisation. end_time NULL: live.
CREATE TABLE member (
  id              uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organization,
  user_id         uuid NOT NULL,
  given_name      text NOT NULL,
  family_name     text NOT NULL,
  email           text NOT NULL,
  email_key       text COLLATE "C" NOT NULL,
  locale          text NOT NULL CHECK (locale IN ('fr', 'en')),
  role            text NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'MEMBER')),
  partner_role    text NOT NULL CHECK (partner_role IN ('', 'TECHNICAL_SUPPORT', 'ACCOUNTANT')),
  rights          jsonb NOT NULL,
  create_time     timestamptz NOT NULL,
  end_time        timestamptz,
  version         bigint NOT NULL
);
CREATE UNIQUE INDEX member_live ON member (organization_id, user_id) WHERE end_time IS NULL;
CREATE INDEX member_address ON member (organization_id, email_key) WHERE end_time IS NULL;
CREATE INDEX member_list ON member (organization_id, create_time, id) WHERE end_time IS NULL;
CREATE INDEX member_contexts ON member (user_id, create_time, id) WHERE end_time IS NULL;

-- state never says EXPIRED: a PENDING row is expired from expire_time on.
CREATE TABLE invitation (
  id              uuid PRIMARY KEY,
  organization_id uuid NOT NULL REFERENCES organization,
  inviter_id      uuid,
  email           text NOT NULL,
  email_key       text COLLATE "C" NOT NULL,
  given_name      text NOT NULL,
  family_name     text NOT NULL,
  role            text NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'MEMBER')),
  partner_role    text NOT NULL CHECK (partner_role IN ('', 'TECHNICAL_SUPPORT', 'ACCOUNTANT')),
  rights          jsonb NOT NULL,
  state           text NOT NULL CHECK (state IN ('PENDING', 'ACCEPTED', 'DECLINED', 'CANCELLED')),
  create_time     timestamptz NOT NULL,
  expire_time     timestamptz NOT NULL,
  generation      integer NOT NULL,
  member_id       uuid REFERENCES member,
  version         bigint NOT NULL,
  CONSTRAINT invitation_member CHECK ((state = 'ACCEPTED') = (member_id IS NOT NULL))
);
CREATE UNIQUE INDEX invitation_pending ON invitation (organization_id, email_key) WHERE state = 'PENDING';
CREATE INDEX invitation_list ON invitation (organization_id, create_time DESC, id DESC);
CREATE INDEX invitation_mine ON invitation (email_key, create_time DESC, id DESC) WHERE state = 'PENDING';

-- Outside row-level security: a link is looked up before any tenant is known.
-- When it ends is the invitation's to say.
CREATE TABLE one_time_token (
  hash        bytea PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('inv')),
  tenant_id   uuid NOT NULL,
  subject_id  uuid NOT NULL,
  generation  integer NOT NULL,
  create_time timestamptz NOT NULL DEFAULT now(),
  used_time   timestamptz,
  used_by     uuid,
  CONSTRAINT one_time_token_use CHECK ((used_time IS NULL) = (used_by IS NULL))
);

SELECT aval_tenant_table('organization', 'id');
SELECT aval_tenant_table('member', 'organization_id');
SELECT aval_tenant_table('invitation', 'organization_id');

-- me/*: a person reads their memberships, the invitations to their address,
-- and the organisations of both, outside any tenant.
SELECT aval_user_policy('member');
-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('CREATE POLICY invited ON invitation FOR SELECT TO %I USING (
    ctx_tenant() IS NULL AND ctx_user() IS NOT NULL AND email_key = ctx_email_key())',
    aval_role('invitation', '_app'));
  EXECUTE format('CREATE POLICY own_organizations ON organization FOR SELECT TO %I USING (
    ctx_tenant() IS NULL AND (
      EXISTS (SELECT FROM member m WHERE m.organization_id = organization.id AND m.user_id = ctx_user() AND m.end_time IS NULL)
      OR EXISTS (SELECT FROM invitation i WHERE i.organization_id = organization.id AND i.email_key = ctx_email_key() AND i.state = ''PENDING'')))',
    aval_role('organization', '_app'));
END $$;
-- +goose StatementEnd
