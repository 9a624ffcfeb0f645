-- +goose Up

-- The client chose the person, unasked.
ALTER TABLE assignment ADD COLUMN offered boolean NOT NULL DEFAULT false;

-- A name as it is searched: lower case, without the accents of our languages.
-- +goose StatementBegin
CREATE FUNCTION folded_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT translate(lower(name), 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy')
$$;
-- +goose StatementEnd
