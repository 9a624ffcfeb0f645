-- +goose Up

-- What a partner's mails and pages look like to its clients: words, a colour,
-- and a picture of our making.
CREATE TABLE brand (
  partner_id  uuid NOT NULL PRIMARY KEY,
  name        text NOT NULL CHECK (char_length(name) <= 80),
  color       text NOT NULL CHECK (color ~ '^(#[0-9a-f]{6})?$'),
  logo        bytea NOT NULL CHECK (octet_length(logo) <= 49152),
  update_time timestamptz NOT NULL,
  actor_id    uuid NOT NULL,
  version     bigint NOT NULL CHECK (version >= 0)
);
SELECT aval_tenant_table('brand', 'partner_id');
REVOKE DELETE ON brand FROM partnersupport_app;
