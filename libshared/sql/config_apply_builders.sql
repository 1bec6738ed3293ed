-- Brings builders to what the configuration names.  $1 [{name, description, project, tags}]
-- Rows that left keep their ids; rows that are as they should be are not written. Those that were
-- made for a property (virtual) are nobody's here, until the file names one.
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
               AS w (name text, description text, project text, tags text[])
), gone AS (
    UPDATE builders SET active = false
     WHERE active AND NOT virtual AND name NOT IN (SELECT name FROM wanted)
)
INSERT INTO builders AS b (name, description, project, tags)
SELECT name, description, project, tags FROM wanted
    ON CONFLICT (name) DO UPDATE
   SET description = EXCLUDED.description, project = EXCLUDED.project, tags = EXCLUDED.tags,
       description_format = NULL, description_html = NULL, active = true,
       virtual = false
 WHERE (b.description, b.project, b.tags, b.active, b.virtual)
       IS DISTINCT FROM (EXCLUDED.description, EXCLUDED.project, EXCLUDED.tags, true, false);
