-- +goose Up

-- A client may let the whole team of a partner in: the yes that says so, until
-- when it lets new people in, and the yeses that followed from it.
ALTER TABLE consent
  ADD COLUMN team boolean NOT NULL DEFAULT false,
  ADD COLUMN team_end_time timestamptz,
  ADD COLUMN team_consent_id uuid;
CREATE INDEX consent_team ON consent (client_id, partner_id, partner_role, give_time) WHERE team AND team_end_time IS NULL;
CREATE INDEX consent_under_team ON consent (client_id, team_consent_id) WHERE team_consent_id IS NOT NULL;

-- The partner may end what its team was given, and never begin it.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION guard_consent() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  allowed text[] := ARRAY['state', 'revoke_time', 'last_mail_time', 'final', 'team_end_time', 'version'];
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
