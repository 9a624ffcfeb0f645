-- +goose Up

-- A person of a client attached to a firm (R94). user_id NULL: not linked to
-- anybody yet; the address's owner is, once they prove it.
CREATE TABLE client_contact (
  id          uuid PRIMARY KEY,
  partner_id  uuid NOT NULL REFERENCES organization,
  user_id     uuid,
  email       text NOT NULL,
  email_key   text COLLATE "C" NOT NULL,
  given_name  text NOT NULL,
  family_name text NOT NULL,
  dossiers    uuid[] NOT NULL CHECK (cardinality(dossiers) BETWEEN 0 AND 1000),
  create_time timestamptz NOT NULL,
  end_time    timestamptz,
  version     bigint NOT NULL
);
CREATE UNIQUE INDEX client_contact_live ON client_contact (partner_id, email_key) WHERE end_time IS NULL;
CREATE INDEX client_contact_list ON client_contact (partner_id, create_time, id) WHERE end_time IS NULL;
CREATE INDEX client_contact_places ON client_contact (user_id, create_time, id) WHERE end_time IS NULL;
CREATE INDEX client_contact_address ON client_contact (email_key) WHERE end_time IS NULL AND user_id IS NOT NULL;
CREATE INDEX member_person ON member (email_key) WHERE end_time IS NULL;

SELECT aval_tenant_table('client_contact', 'partner_id');
SELECT aval_user_policy('client_contact');

-- An invitation may offer to be a contact: accepting makes no member.
ALTER TABLE invitation DROP CONSTRAINT invitation_role_check;
ALTER TABLE invitation ADD CONSTRAINT invitation_role_check CHECK (role IN ('OWNER', 'ADMIN', 'MEMBER', 'CONTACT'));
ALTER TABLE invitation DROP CONSTRAINT invitation_member;
ALTER TABLE invitation ADD CONSTRAINT invitation_member CHECK (role = 'CONTACT' OR (state = 'ACCEPTED') = (member_id IS NOT NULL));

-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('CREATE POLICY contact_organizations ON organization FOR SELECT TO %I USING (
    ctx_tenant() IS NULL AND EXISTS (
      SELECT FROM client_contact c WHERE c.partner_id = organization.id AND c.user_id = ctx_user() AND c.end_time IS NULL))',
    aval_role('organization', '_app'));
END $$;
-- +goose StatementEnd
