-- +goose Up

-- What the decision reads carries the transaction that wrote it last, so that
-- replicas can ask for what changed since a bound. NULL: before this column.
ALTER TABLE access_entry ADD COLUMN changed xid8;
ALTER TABLE support_session ADD COLUMN changed xid8;
ALTER TABLE organization ADD COLUMN changed xid8;
ALTER TABLE feature ADD COLUMN changed xid8;
ALTER TABLE partner_role_preset ADD COLUMN changed xid8;

CREATE INDEX access_entry_changed ON access_entry (changed);
CREATE INDEX support_session_changed ON support_session (changed);
CREATE INDEX organization_changed ON organization (changed);

-- +goose StatementBegin
CREATE FUNCTION note_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  NEW.changed := pg_current_xact_id();
  RETURN NEW;
END $$;
-- +goose StatementEnd

-- An entry that ended never changes again: whoever reads an old row after a
-- newer one of the same pair takes nothing away that was given since.
-- +goose StatementBegin
CREATE FUNCTION note_access_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.end_time IS NOT NULL THEN
    RAISE EXCEPTION 'access entry % has ended', OLD.id;
  END IF;
  NEW.changed := pg_current_xact_id();
  RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER access_entry_change BEFORE INSERT OR UPDATE ON access_entry FOR EACH ROW EXECUTE FUNCTION note_access_change();
CREATE TRIGGER support_session_change BEFORE INSERT OR UPDATE ON support_session FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER organization_change BEFORE INSERT OR UPDATE ON organization FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER feature_change BEFORE INSERT OR UPDATE ON feature FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER partner_role_preset_change BEFORE INSERT OR UPDATE ON partner_role_preset
FOR EACH ROW EXECUTE FUNCTION note_change();

-- Who answers from memory. A row is written before what it lets its replica
-- answer is read, and removed only by its replica, or by who has waited until
-- it can answer no more. It must survive a crash: the table is logged.
CREATE TABLE decision_lease (
  id      uuid PRIMARY KEY,
  renewal bigint NOT NULL,
  -- Whatever older transactions wrote, the replica has.
  bound   xid8 NOT NULL
);
SELECT aval_protect_table('decision_lease');
