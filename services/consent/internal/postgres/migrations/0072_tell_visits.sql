-- +goose Up

-- What a client wants to hear less of: each visit, and each day's sum.
ALTER TABLE consent_policy ADD COLUMN no_visit_mails boolean NOT NULL DEFAULT false;
ALTER TABLE consent_policy ADD COLUMN no_daily_digest boolean NOT NULL DEFAULT false;
