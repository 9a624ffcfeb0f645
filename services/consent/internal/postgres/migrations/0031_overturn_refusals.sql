-- +goose Up

-- A no can become a yes, unless it is final: the person it was about is gone, or
-- the partner wants the access no longer.
ALTER TABLE consent ADD COLUMN final boolean NOT NULL DEFAULT false;
CREATE INDEX consent_refused ON consent (partner_id, user_id) WHERE state = 'REFUSED' AND NOT final;
CREATE INDEX consent_link_request ON consent_link (consent_id);

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION guard_consent() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  allowed text[] := ARRAY['state', 'revoke_time', 'last_mail_time', 'final', 'version'];
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
