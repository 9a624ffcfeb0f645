-- +goose Up

-- What the leaves of the ledger commit to, outside the tree. A record that ends
-- loses its content and its keys, or who acted in it alone, and nothing else of
-- the ledger changes; announce is true until a leaf has said so.
CREATE TABLE ledger_record (
  id         uuid PRIMARY KEY,
  position   bigint GENERATED ALWAYS AS IDENTITY,
  account_id uuid,
  partner_id uuid,
  consent_id uuid,
  event_id   uuid UNIQUE,
  people     uuid[] NOT NULL,
  time       timestamptz NOT NULL,
  type       text NOT NULL,
  content    bytea,
  key        bytea CHECK (octet_length(key) = 32),
  actor      bytea,
  actor_key  bytea CHECK (octet_length(actor_key) = 32),
  commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
  erased     bigint[] NOT NULL,
  sequence   bigint UNIQUE,
  announce   boolean NOT NULL DEFAULT false,
  CONSTRAINT ledger_record_opens_or_not CHECK ((content IS NULL) = (key IS NULL))
);
-- What waits for its place in the tree.
CREATE INDEX ledger_record_waiting ON ledger_record (position) WHERE sequence IS NULL;
CREATE INDEX ledger_record_ended ON ledger_record (sequence) WHERE announce;
CREATE INDEX ledger_record_account ON ledger_record (account_id, sequence);
CREATE INDEX ledger_record_partner ON ledger_record (partner_id, sequence) WHERE event_id IS NOT NULL;
CREATE INDEX ledger_record_consent ON ledger_record (consent_id, sequence) WHERE consent_id IS NOT NULL;
-- What names a person and no account goes when they ask to be forgotten.
CREATE INDEX ledger_record_people ON ledger_record USING gin (people) WHERE account_id IS NULL AND key IS NOT NULL;

-- The leaves in their order, the hashes of the tree where sumdb/tlog places
-- them, and what was signed. They name nobody; outside row-level security.
CREATE TABLE ledger_leaf (
  sequence  bigint PRIMARY KEY,
  data      bytea NOT NULL,
  seal_time timestamptz NOT NULL
);
CREATE TABLE ledger_hash (
  position bigint PRIMARY KEY,
  hash     bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE TABLE ledger_checkpoint (
  size      bigint PRIMARY KEY,
  root      bytea NOT NULL CHECK (octet_length(root) = 32),
  note      text NOT NULL,
  sign_time timestamptz NOT NULL
);

SELECT aval_protect_table('ledger_record');

-- +goose StatementBegin
DO $$
DECLARE
  app name := aval_role('ledger_record', '_app');
  system name := aval_role('ledger_record', '_system');
BEGIN
  -- A partner reads what it had part in, and nothing that products record.
  EXECUTE format('CREATE POLICY parties_read ON ledger_record FOR SELECT TO %I
    USING (account_id = ctx_tenant() OR (partner_id = ctx_tenant() AND event_id IS NOT NULL))', app);
  EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_record, ledger_leaf, ledger_hash, ledger_checkpoint FROM %I', app);
  EXECUTE format('REVOKE DELETE, TRUNCATE ON ledger_record FROM %I', system);
  EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON ledger_leaf, ledger_hash, ledger_checkpoint FROM %I', system);
END $$;
-- +goose StatementEnd

-- A record gets its place once, and may end; nothing else of it changes.
-- +goose StatementBegin
CREATE FUNCTION guard_ledger_record() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  IF (NEW.id, NEW.position, NEW.account_id, NEW.partner_id, NEW.consent_id, NEW.event_id, NEW.time, NEW.type, NEW.commitment, NEW.erased)
    IS DISTINCT FROM (OLD.id, OLD.position, OLD.account_id, OLD.partner_id, OLD.consent_id, OLD.event_id, OLD.time, OLD.type, OLD.commitment, OLD.erased) THEN
    RAISE EXCEPTION 'a record of the ledger never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.sequence IS NOT NULL AND NEW.sequence IS DISTINCT FROM OLD.sequence THEN
    RAISE EXCEPTION 'a place in the ledger is for ever' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.content, NEW.key) IS DISTINCT FROM (OLD.content, OLD.key) AND num_nonnulls(NEW.content, NEW.key, NEW.actor, NEW.actor_key) > 0
    OR (NEW.actor, NEW.actor_key) IS DISTINCT FROM (OLD.actor, OLD.actor_key) AND num_nonnulls(NEW.actor, NEW.actor_key) > 0 THEN
    RAISE EXCEPTION 'a record of the ledger ends, and does not change' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.people IS DISTINCT FROM OLD.people AND NEW.people <> '{}' THEN
    RAISE EXCEPTION 'a record of the ledger comes to name nobody else' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guard BEFORE UPDATE ON ledger_record FOR EACH ROW EXECUTE FUNCTION guard_ledger_record();
CREATE TRIGGER append_only BEFORE DELETE ON ledger_record FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON ledger_record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_leaf FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON ledger_leaf FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_hash FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON ledger_hash FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON ledger_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A name that leaves a history leaves its record too.
-- +goose StatementBegin
CREATE FUNCTION end_ledger_actor() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  UPDATE ledger_record
  SET actor = NULL, actor_key = NULL, announce = true
  WHERE id = NEW.id
    AND actor_key IS NOT NULL;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER forget AFTER UPDATE ON history FOR EACH ROW
  WHEN (OLD.actor_name <> '' AND NEW.actor_name = '') EXECUTE FUNCTION end_ledger_actor();
