-- Brings pollers to what the configuration names.  $1 [{name, repository}]
-- A new one, and one that comes back, is due at once; another repository is learned anew.
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS w (name text, repository text)
), gone AS (
    UPDATE pollers SET active = false
     WHERE active AND name NOT IN (SELECT name FROM wanted)
)
INSERT INTO pollers AS p (name, repository)
SELECT name, repository FROM wanted
    ON CONFLICT (name) DO UPDATE
   SET repository = EXCLUDED.repository, active = true, due_at = now(),
       initialized = p.initialized AND p.repository = EXCLUDED.repository
 WHERE (p.repository, p.active) IS DISTINCT FROM (EXCLUDED.repository, true);
