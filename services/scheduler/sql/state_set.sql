-- Remembers something of a scheduler.  $1 scheduler   $2 key   $3 value, jsonb
INSERT INTO scheduler_state (schedulerid, key, value) VALUES ($1, $2, $3)
ON CONFLICT (schedulerid, key) DO UPDATE SET value = excluded.value;
