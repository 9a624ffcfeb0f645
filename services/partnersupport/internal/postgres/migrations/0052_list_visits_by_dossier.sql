-- +goose Up

-- A dossier's own screen lists what was done there, newest first.
CREATE INDEX support_session_by_dossier ON support_session (partner_id, dossier_id, id DESC);
