-- +goose Up

-- What is on its way through the services is looked for every second.
CREATE INDEX removal_open ON removal (create_time, id) WHERE stage <> 'DONE';
CREATE INDEX dossier_ending_by_time ON dossier_ending (create_time, id) WHERE complete_time IS NULL;
