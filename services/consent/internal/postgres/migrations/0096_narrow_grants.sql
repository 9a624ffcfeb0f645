-- +goose Up

-- The client may leave less of what it gave: lower rights, and a nearer end.
-- Which rights are lower is the domain's to say; nobody but the client changes
-- any, and no end moves away.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION guard_grant() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  rest access_grant := NEW;
BEGIN
  rest.state := OLD.state;
  rest.rights := OLD.rights;
  rest.valid_until := OLD.valid_until;
  rest.lease_until := OLD.lease_until;
  rest.end_time := OLD.end_time;
  rest.end_reason := OLD.end_reason;
  rest.version := OLD.version;
  rest.settled := OLD.settled;
  IF rest IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'a grant changes by its lease, its end, and what the client leaves of it' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.rights IS DISTINCT FROM OLD.rights OR NEW.valid_until IS DISTINCT FROM OLD.valid_until THEN
    IF OLD.client_id IS DISTINCT FROM ctx_tenant() THEN
      RAISE EXCEPTION 'the client alone leaves less of a grant' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state <> 'ACTIVE' OR coalesce(NEW.valid_until, 'infinity') > coalesce(OLD.valid_until, 'infinity') THEN
      RAISE EXCEPTION 'a wider grant is a new consent' USING ERRCODE = 'restrict_violation';
    END IF;
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
