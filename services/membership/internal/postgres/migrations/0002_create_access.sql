-- +goose Up

-- A path with its ancestors, nearest first, the root '' last:
-- 'management/invoices' gives {management/invoices, management, ''}.
-- +goose StatementBegin
CREATE FUNCTION feature_ancestors(path text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT array_agg(array_to_string((string_to_array(path, '/'))[1:n], '/') ORDER BY n DESC)
  FROM generate_series(0, cardinality(string_to_array(path, '/'))) AS n
$$;
-- +goose StatementEnd

-- The level that the nearest ancestor gives; 1 (NONE) where none does. One
-- expression, so that the planner inlines it; hence the bound on the depth.
-- +goose StatementBegin
CREATE FUNCTION nearest_level(rights jsonb, ancestors text[]) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT coalesce(rights ->> ancestors[1], rights ->> ancestors[2], rights ->> ancestors[3],
                  rights ->> ancestors[4], rights ->> ancestors[5], '1')::smallint
$$;
-- +goose StatementEnd

-- The catalogue. It belongs to no tenant and holds nobody's data.
CREATE TABLE feature (
  path                 text COLLATE "C" PRIMARY KEY,
  label_fr             text NOT NULL,
  label_en             text NOT NULL,
  sensitive            boolean NOT NULL DEFAULT false,
  excluded_from_grants boolean NOT NULL DEFAULT false,
  system               boolean NOT NULL DEFAULT false,
  ancestors            text[] NOT NULL GENERATED ALWAYS AS (feature_ancestors(path)) STORED,
  -- The nodes from which a grant may reach this feature: for a sensitive one
  -- itself alone, because the client must have ticked that very line.
  grant_ancestors      text[] NOT NULL GENERATED ALWAYS AS (
    CASE WHEN sensitive THEN ARRAY[path::text] ELSE feature_ancestors(path) END) STORED,
  CONSTRAINT feature_depth CHECK (cardinality(feature_ancestors(path)) BETWEEN 2 AND 5),
  CONSTRAINT feature_system CHECK (NOT system OR excluded_from_grants)
);

-- What each staff role may be granted at most; rights by nearest ancestor.
CREATE TABLE partner_role_preset (
  partner_role text PRIMARY KEY CHECK (partner_role IN ('TECHNICAL_SUPPORT', 'ACCOUNTANT')),
  rights       jsonb NOT NULL
);

-- What a decision reads: one row per membership (its id) and per grant (its
-- id). Rows end by end_time, never by DELETE; a grant that ended before it was
-- known is an ended row without a subject.
CREATE TABLE access_entry (
  id           uuid PRIMARY KEY,
  account_id   uuid NOT NULL,
  subject_id   uuid,
  source       text NOT NULL CHECK (source IN ('MEMBERSHIP', 'GRANT')),
  -- For owners and administrators {"": 4}: the root.
  rights       jsonb NOT NULL DEFAULT '{}',
  valid_from   timestamptz NOT NULL DEFAULT '-infinity',
  valid_until  timestamptz,
  via_partner  uuid,
  partner_role text NOT NULL DEFAULT '',
  consent_id   uuid,
  version      bigint NOT NULL CHECK (version > 0),
  end_time     timestamptz,
  CONSTRAINT access_entry_subject CHECK (end_time IS NOT NULL OR subject_id IS NOT NULL),
  CONSTRAINT access_entry_grant CHECK (end_time IS NOT NULL OR (source = 'GRANT') = (
    via_partner IS NOT NULL AND consent_id IS NOT NULL AND partner_role <> ''))
);
CREATE INDEX access_entry_decision ON access_entry (account_id, subject_id) WHERE end_time IS NULL;
CREATE INDEX access_entry_partner ON access_entry (via_partner, subject_id) WHERE end_time IS NULL AND source = 'GRANT';

CREATE TABLE support_session (
  id          uuid PRIMARY KEY,
  account_id  uuid NOT NULL,
  subject_id  uuid NOT NULL,
  partner_id  uuid NOT NULL,
  grant_id    uuid NOT NULL REFERENCES access_entry,
  open_time   timestamptz NOT NULL DEFAULT now(),
  expire_time timestamptz NOT NULL,
  close_time  timestamptz
);
CREATE INDEX support_session_grant ON support_session (grant_id) WHERE close_time IS NULL;

-- Everybody reads the catalogue and the presets; only migrations write them.
SELECT aval_protect_table('feature');
SELECT aval_protect_table('partner_role_preset');
-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('CREATE POLICY catalogue ON feature FOR SELECT TO %I USING (true)', aval_role('feature', '_app'));
  EXECUTE format('CREATE POLICY catalogue ON partner_role_preset FOR SELECT TO %I USING (true)',
    aval_role('partner_role_preset', '_app'));
END $$;
-- +goose StatementEnd

SELECT aval_tenant_table('access_entry', 'account_id');
SELECT aval_tenant_table('support_session', 'account_id');
