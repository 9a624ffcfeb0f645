-- +goose Up

-- The access that ran for the same person when a longer or a wider one was asked
-- for: until when, and what it allowed. The text that the client reads names it.
ALTER TABLE consent ADD COLUMN extends jsonb;
