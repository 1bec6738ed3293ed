-- Brings changesources to what the configuration names.  $1 [{name, type}]
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS w (name text, type text)
), gone AS (
    UPDATE changesources SET active = false
     WHERE active AND name NOT IN (SELECT name FROM wanted)
)
INSERT INTO changesources AS s (name, type)
SELECT name, type FROM wanted
    ON CONFLICT (name) DO UPDATE SET type = EXCLUDED.type, active = true
 WHERE (s.type, s.active) IS DISTINCT FROM (EXCLUDED.type, true);
