-- +goose Up

ALTER TABLE invitation
  ADD COLUMN valid_days         integer NOT NULL DEFAULT 0 CHECK (valid_days BETWEEN 0 AND 30),
  ADD COLUMN member_valid_until timestamptz,
  ADD COLUMN renew_time         timestamptz,
  ADD COLUMN end_time           timestamptz;
CREATE INDEX invitation_latest ON invitation (organization_id, email_key, create_time DESC, id DESC);

-- A membership with an end (R122); its access entry has the same.
ALTER TABLE member ADD COLUMN IF NOT EXISTS valid_until timestamptz;

-- What is known of an invitation's links being opened: counts and times, of
-- nobody by name. The invitation itself is never touched by being looked at.
CREATE TABLE invitation_sight (
  invitation_id    uuid PRIMARY KEY REFERENCES invitation,
  organization_id  uuid NOT NULL REFERENCES organization,
  fetches          bigint NOT NULL DEFAULT 0,
  first_fetch_time timestamptz,
  last_fetch_time  timestamptz,
  open_time        timestamptz, -- last opened by a person
  other_time       timestamptz  -- last opened by somebody signed in with another address
);
SELECT aval_tenant_table('invitation_sight', 'organization_id');
