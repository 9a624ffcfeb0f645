-- +goose Up

-- One mail to one recipient about one fact. The body (address, subject_line,
-- text_body, html_body) is emptied once the mail is gone, and after a day.
CREATE TABLE delivery (
  id            uuid PRIMARY KEY,
  tenant_id     uuid NOT NULL,
  event_id      uuid NOT NULL,
  event_subject text NOT NULL,
  event_payload bytea NOT NULL,
  recipient_ref text NOT NULL,
  template      text NOT NULL,
  locale        text NOT NULL,
  create_time   timestamptz NOT NULL,
  address       text NOT NULL DEFAULT '',
  subject_line  text NOT NULL DEFAULT '',
  text_body     text NOT NULL DEFAULT '',
  html_body     text NOT NULL DEFAULT '',
  compose_time  timestamptz NOT NULL,
  state         text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'deferred', 'bounced', 'uncertain')),
  attempts      integer NOT NULL,
  refusals      integer NOT NULL,
  repeated      boolean NOT NULL,
  smtp_code     integer NOT NULL,
  due_time      timestamptz,
  sent_time     timestamptz,
  CONSTRAINT delivery_once UNIQUE (event_id, recipient_ref, template)
);
SELECT aval_tenant_table('delivery');
CREATE INDEX delivery_by_tenant ON delivery (tenant_id, id DESC);
CREATE INDEX delivery_with_body ON delivery (compose_time, id) WHERE address <> '';
