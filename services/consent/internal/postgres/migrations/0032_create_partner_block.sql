-- +goose Up

-- Partners that a client reported and wants to hear no more of; one row per
-- pair, whose end is a time.
CREATE TABLE partner_block (
  client_id    uuid NOT NULL,
  partner_id   uuid NOT NULL,
  id           uuid NOT NULL,
  partner_name text NOT NULL,
  actor_id     uuid NOT NULL,
  actor_name   text NOT NULL,
  reason       text NOT NULL,
  block_time   timestamptz NOT NULL,
  end_time     timestamptz,
  version      bigint NOT NULL CHECK (version > 0),
  PRIMARY KEY (client_id, partner_id)
);
CREATE INDEX partner_block_standing ON partner_block (client_id, block_time, id) WHERE end_time IS NULL;

SELECT aval_tenant_table('partner_block', 'client_id');
