-- +goose Up

-- What an organisation has sent of its invitations, as the moment when none of
-- it counts any more.
CREATE TABLE invitation_quota (
  organization_id uuid PRIMARY KEY REFERENCES organization,
  used_until      timestamptz NOT NULL
);
SELECT aval_tenant_table('invitation_quota', 'organization_id');
