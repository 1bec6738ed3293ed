-- Brings pollers to what the configuration names.  $1 [{name, type, repository, delay}]
-- A new one, and one that comes back, is due after the delay, in seconds; another repository, and
-- the same looked at in another way, is learned anew.
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
                  AS w (name text, type text, repository text, delay float8)
), gone AS (
    UPDATE pollers SET active = false
     WHERE active AND name NOT IN (SELECT name FROM wanted)
)
INSERT INTO pollers AS p (name, type, repository, due_at)
SELECT name, type, repository, now() + delay * interval '1 second' FROM wanted
    ON CONFLICT (name) DO UPDATE
   SET repository = EXCLUDED.repository, type = EXCLUDED.type, active = true,
       due_at = EXCLUDED.due_at, not_before = NULL, last_poll_at = NULL, state = '{}',
       initialized = p.initialized AND
                     (p.type, p.repository) = (EXCLUDED.type, EXCLUDED.repository)
 WHERE (p.type, p.repository, p.active)
       IS DISTINCT FROM (EXCLUDED.type, EXCLUDED.repository, true);
