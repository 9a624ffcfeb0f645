-- +goose Up

-- What a client decided beforehand about its accesses.
CREATE TABLE consent_policy (
  client_id       uuid PRIMARY KEY,
  inactivity_days integer NOT NULL CHECK (inactivity_days = 0 OR inactivity_days BETWEEN 30 AND 400),
  reconfirm_days  integer NOT NULL CHECK (reconfirm_days = 0 OR reconfirm_days BETWEEN 30 AND 365),
  second_factor   boolean NOT NULL,
  version         bigint NOT NULL CHECK (version > 0)
);
SELECT aval_tenant_table('consent_policy', 'client_id');

-- An access works until its lease ends, then pauses, then is over.
ALTER TABLE consent
  ADD COLUMN confirm_time timestamptz,
  ADD COLUMN lease_until timestamptz,
  ADD COLUMN lease_end timestamptz,
  ADD COLUMN paused boolean NOT NULL DEFAULT false;
ALTER TABLE access_grant ADD COLUMN lease_until timestamptz;
CREATE INDEX consent_lease_due ON consent (lease_until) WHERE state = 'GIVEN' AND lease_until IS NOT NULL;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION guard_grant() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  allowed text[] := ARRAY['state', 'lease_until', 'end_time', 'end_reason', 'version', 'settled'];
BEGIN
  -- Nobody widens a grant: a wider right is a new consent.
  IF to_jsonb(NEW) - allowed IS DISTINCT FROM to_jsonb(OLD) - allowed THEN
    RAISE EXCEPTION 'a grant changes by its lease and its end alone' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.lease_until IS DISTINCT FROM OLD.lease_until AND OLD.partner_id = ctx_tenant() AND OLD.client_id <> ctx_tenant() THEN
    RAISE EXCEPTION 'a partner keeps no access going' USING ERRCODE = 'insufficient_privilege';
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
