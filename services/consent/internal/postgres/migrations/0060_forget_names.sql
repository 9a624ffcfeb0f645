-- +goose Up

-- Facts never vanish; the names in them follow a term. The history stays
-- append-only for every role: forget_names is the owner's, and takes names out
-- that are past their term, and nothing else.
-- +goose StatementBegin
CREATE FUNCTION refuse_change_but_forgetting() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.actor_name = '' AND to_jsonb(NEW) - 'actor_name' = to_jsonb(OLD) - 'actor_name' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
DROP TRIGGER append_only ON history;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION refuse_change_but_forgetting();
DROP TRIGGER append_only ON transition;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON transition FOR EACH ROW EXECUTE FUNCTION refuse_change_but_forgetting();

-- When a consent was over; NULL while it is not.
CREATE FUNCTION consent_end(c consent) RETURNS timestamptz
LANGUAGE sql IMMUTABLE
AS $$
  SELECT CASE WHEN c.state NOT IN ('REQUESTED', 'GIVEN')
    THEN coalesce(c.revoke_time, c.refuse_time, c.expire_time, c.request_expire_time) END
$$;

CREATE INDEX history_named ON history (time, account_id, id) WHERE actor_name <> '';
CREATE INDEX consent_named ON consent (create_time, client_id, id) WHERE given_name <> '';
CREATE INDEX consent_traced ON consent ((coalesce(give_time, refuse_time)), client_id, id) WHERE network <> '' OR agent <> '';

-- Takes the names of at most so many entries and steps out, and gives how many:
-- what products recorded before "actions", what belongs to a consent that was
-- over before "proofs", and anything else before "visits". NULL: never.
-- +goose StatementBegin
CREATE FUNCTION forget_names(actions timestamptz, visits timestamptz, proofs timestamptz, batch int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
  entries bigint;
  steps bigint;
BEGIN
  UPDATE history
  SET actor_name = ''
  FROM (
    SELECT h.account_id, h.id
    FROM history h
    WHERE h.actor_name <> ''
      AND CASE
        WHEN h.source <> 'event' THEN h.time < actions
        WHEN h.consent_id IS NULL OR h.support_session_id IS NOT NULL THEN h.time < visits
        ELSE h.time < proofs AND EXISTS (
          SELECT
          FROM consent c
          WHERE c.client_id = h.account_id
            AND c.id = h.consent_id
            AND consent_end(c) < proofs)
      END
    ORDER BY h.time, h.account_id, h.id
    LIMIT batch
  ) due
  WHERE history.account_id = due.account_id
    AND history.id = due.id;
  GET DIAGNOSTICS entries = ROW_COUNT;
  UPDATE transition
  SET actor_name = ''
  FROM (
    SELECT t.client_id, t.consent_id, t.version
    FROM consent c
    JOIN transition t ON t.client_id = c.client_id AND t.consent_id = c.id
    WHERE t.actor_name <> ''
      AND c.create_time < proofs
      AND consent_end(c) < proofs
    ORDER BY t.client_id, t.consent_id, t.version
    LIMIT batch
  ) due
  WHERE transition.client_id = due.client_id
    AND transition.consent_id = due.consent_id
    AND transition.version = due.version;
  GET DIAGNOSTICS steps = ROW_COUNT;
  RETURN entries + steps;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
  REVOKE ALL ON FUNCTION forget_names FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION forget_names TO %I', aval_role('history', '_system'));
END $$;
-- +goose StatementEnd
