-- +goose Up

-- Who may change which part of the catalogue: the certificate identity of the
-- platform team that registered it first; empty: the operator.
CREATE TABLE feature_namespace (
  name          text COLLATE "C" PRIMARY KEY,
  owner         text NOT NULL,
  version       bigint NOT NULL CHECK (version >= 0),
  register_time timestamptz NOT NULL DEFAULT now()
);

INSERT INTO feature_namespace (name, owner, version)
SELECT DISTINCT split_part(path, '/', 1), '', 0
FROM feature;

-- apart: a right of its own that no ancestor implies, only its own line or a
-- role that holds everything. retire_time: decisions deny from then on; the
-- row stays, so that its path never means anything else.
ALTER TABLE feature ADD COLUMN apart boolean NOT NULL DEFAULT false;
ALTER TABLE feature ADD COLUMN since_version bigint NOT NULL DEFAULT 0;
ALTER TABLE feature ADD COLUMN retire_time timestamptz;

UPDATE feature
SET apart = true
WHERE path = 'spending';

ALTER TABLE feature DROP COLUMN ancestors;
ALTER TABLE feature DROP COLUMN grant_ancestors;
ALTER TABLE feature ADD COLUMN ancestors text[] NOT NULL GENERATED ALWAYS AS (
  CASE WHEN apart THEN ARRAY[path::text, ''] ELSE feature_ancestors(path) END) STORED;
ALTER TABLE feature ADD COLUMN grant_ancestors text[] NOT NULL GENERATED ALWAYS AS (
  CASE WHEN sensitive OR apart THEN ARRAY[path::text] ELSE feature_ancestors(path) END) STORED;

-- Everybody reads who owns what; only the system writes.
SELECT aval_protect_table('feature_namespace');
-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('CREATE POLICY catalogue ON feature_namespace FOR SELECT TO %I USING (true)',
    aval_role('feature_namespace', '_app'));
END $$;
-- +goose StatementEnd
