-- +goose Up

-- The client reads who visits it, and changes nothing.
CREATE INDEX support_session_by_client ON support_session (client_id, id DESC) WHERE end_time IS NULL;
CREATE POLICY client_read ON support_session FOR SELECT TO partnersupport_app USING (client_id = ctx_tenant());
