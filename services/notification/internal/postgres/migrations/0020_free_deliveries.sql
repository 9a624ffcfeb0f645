-- +goose Up

-- A mail about a person's own account belongs to no organisation: nobody but
-- the system reads its row.
ALTER TABLE delivery ALTER COLUMN tenant_id DROP NOT NULL;

-- What went to a person, to show them and to forget it.
CREATE INDEX delivery_by_recipient ON delivery (recipient_ref, id);
