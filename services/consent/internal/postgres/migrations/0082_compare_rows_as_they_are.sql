-- +goose Up

-- The guards as before, but rows are compared as rows, not as JSON made of
-- them: whoever leaves may have 500 of each end at once.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION guard_consent() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  rest consent := NEW;
BEGIN
  IF (NEW.client_id, NEW.id, NEW.partner_id, NEW.user_id, NEW.assignment_id)
    IS DISTINCT FROM (OLD.client_id, OLD.id, OLD.partner_id, OLD.user_id, OLD.assignment_id) THEN
    RAISE EXCEPTION 'the parties of a consent never change' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state NOT IN ('REQUESTED', 'GIVEN') AND NEW.state <> OLD.state
    AND NOT (OLD.state = 'REFUSED' AND NEW.state = 'GIVEN' AND NOT OLD.final) THEN
    RAISE EXCEPTION 'a consent that is over stays over' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.final AND NOT NEW.final THEN
    RAISE EXCEPTION 'a final no stays final' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.team AND NOT OLD.team AND OLD.state NOT IN ('REQUESTED', 'REFUSED') OR OLD.team AND NOT NEW.team
    OR OLD.team_end_time IS NOT NULL AND NEW.team_end_time IS DISTINCT FROM OLD.team_end_time THEN
    RAISE EXCEPTION 'whom a yes lets in is said with the yes, and ends once' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.partner_id = ctx_tenant() AND OLD.client_id <> ctx_tenant() THEN
    rest.state := OLD.state;
    rest.revoke_time := OLD.revoke_time;
    rest.last_mail_time := OLD.last_mail_time;
    rest.final := OLD.final;
    rest.team_end_time := OLD.team_end_time;
    rest.version := OLD.version;
    IF rest IS DISTINCT FROM OLD THEN
      RAISE EXCEPTION 'a partner changes nothing of a consent but its end' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state NOT IN ('CANCELLED', 'TERMINATED', 'EXPIRED', 'EXPIRED_UNANSWERED') THEN
      RAISE EXCEPTION 'a partner only moves a consent towards its end' USING ERRCODE = 'insufficient_privilege';
    END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION guard_grant() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  rest access_grant := NEW;
BEGIN
  -- Nobody widens a grant: a wider right is a new consent.
  rest.state := OLD.state;
  rest.lease_until := OLD.lease_until;
  rest.end_time := OLD.end_time;
  rest.end_reason := OLD.end_reason;
  rest.version := OLD.version;
  rest.settled := OLD.settled;
  IF rest IS DISTINCT FROM OLD THEN
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
