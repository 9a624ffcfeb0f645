-- +goose Up

-- When an assignment was first used; lists ask for it of 100,000 at once.
ALTER TABLE assignment ADD COLUMN first_visit_time timestamptz;
UPDATE assignment a
SET first_visit_time = s.first
FROM (
  SELECT partner_id, assignment_id, min(start_time) AS first
  FROM support_session
  GROUP BY partner_id, assignment_id
) s
WHERE a.partner_id = s.partner_id
  AND a.id = s.assignment_id;
DROP INDEX support_session_of_assignment;
