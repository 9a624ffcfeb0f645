-- +goose Up

-- An organisation that wants no seal of the ledger by mail.
ALTER TABLE consent_policy ADD COLUMN no_ledger_mails boolean NOT NULL DEFAULT false;
