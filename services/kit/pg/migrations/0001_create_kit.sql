-- +goose Up

-- The tenant and the person of the transaction; NULL when unset, which equals
-- no row.
-- +goose StatementBegin
CREATE FUNCTION ctx_tenant() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.tenant', true), '')::uuid $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION ctx_user() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('app.user', true), '')::uuid $$;
-- +goose StatementEnd

-- The role of the table's context that ends in the suffix.
-- +goose StatementBegin
CREATE FUNCTION aval_role(tbl regclass, suffix text) RETURNS name
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  owner name := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = tbl);
BEGIN
  IF owner NOT LIKE '%\_owner' THEN
    RAISE EXCEPTION 'table % belongs to %, not to a context''s owner', tbl, owner;
  END IF;
  RETURN regexp_replace(owner, '_owner$', suffix);
END $$;
-- +goose StatementEnd

-- Row-level security with FORCE, open to the owner (data migrations) and to
-- the system role; the application sees nothing until a policy is added.
-- +goose StatementBegin
CREATE FUNCTION aval_protect_table(tbl regclass) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tbl);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tbl);
  EXECUTE format('CREATE POLICY owner_all ON %s TO %I USING (true) WITH CHECK (true)',
    tbl, aval_role(tbl, '_owner'));
  EXECUTE format('CREATE POLICY system_all ON %s TO %I USING (true) WITH CHECK (true)',
    tbl, aval_role(tbl, '_system'));
END $$;
-- +goose StatementEnd

-- A table of one tenant: the application reads and writes its tenant's rows.
-- +goose StatementBegin
CREATE FUNCTION aval_tenant_table(tbl regclass, tenant_column text DEFAULT 'tenant_id') RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM aval_protect_table(tbl);
  EXECUTE format('CREATE POLICY tenant ON %s TO %I USING (%I = ctx_tenant()) WITH CHECK (%I = ctx_tenant())',
    tbl, aval_role(tbl, '_app'), tenant_column, tenant_column);
END $$;
-- +goose StatementEnd

-- A person reads their own rows over all organisations, outside any tenant:
-- inside one, the tenant alone decides.
-- +goose StatementBegin
CREATE FUNCTION aval_user_policy(tbl regclass, user_column text DEFAULT 'user_id') RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  EXECUTE format('CREATE POLICY own_rows ON %s FOR SELECT TO %I USING (ctx_tenant() IS NULL AND %I = ctx_user())',
    tbl, aval_role(tbl, '_app'), user_column);
END $$;
-- +goose StatementEnd

-- Events written by the transaction that made them true. position gives the
-- order per aggregate and is no cursor: concurrent commits may swap.
CREATE TABLE outbox (
  position       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id             uuid NOT NULL UNIQUE,
  tenant_id      uuid,
  aggregate_type text NOT NULL,
  aggregate_id   uuid NOT NULL,
  version        bigint NOT NULL,
  subject        text NOT NULL,
  payload        bytea NOT NULL,
  traceparent    text NOT NULL DEFAULT '',
  tracestate     text NOT NULL DEFAULT '',
  created_at     timestamptz NOT NULL DEFAULT now(),
  published_at   timestamptz
);
CREATE INDEX outbox_unpublished ON outbox (position) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;

-- What each consumer has applied, written with the effect.
CREATE TABLE inbox (
  consumer    text NOT NULL,
  event_id    uuid NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received ON inbox (received_at);

-- Answers given to a request_id, written with the effect. A request without a
-- tenant holds the zero UUID.
CREATE TABLE idempotency (
  tenant_id   uuid NOT NULL,
  principal   text NOT NULL,
  method      text NOT NULL,
  request_id  text NOT NULL,
  body_hash   bytea NOT NULL,
  response    bytea NOT NULL,
  expire_time timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, principal, method, request_id)
);
CREATE INDEX idempotency_expire ON idempotency (expire_time);
