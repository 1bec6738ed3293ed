-- Keeps a change for a scheduler's next buildset.
--   $1 scheduler   $2 timer key   $3 change   $4 important
INSERT INTO scheduler_changes (schedulerid, timer, changeid, important) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING;
