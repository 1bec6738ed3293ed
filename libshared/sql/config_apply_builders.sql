-- Brings builders to what the configuration names.
--   $1 [{name, description: {text, format, html}, project, tags}]
-- Rows that left keep their ids; rows that are as they should be are not written. Those that were
-- made for a property (virtual) are nobody's here, until the file names one.
WITH wanted AS (
    SELECT w.name, w.description->>'text' AS description, w.description->>'format' AS format,
           w.description->>'html' AS html, w.project, w.tags,
           (SELECT p.projectid FROM projects p WHERE p.name = w.project) AS projectid
      FROM jsonb_to_recordset($1::jsonb)
               AS w (name text, description jsonb, project text, tags text[])
), gone AS (
    UPDATE builders SET active = false
     WHERE active AND NOT virtual AND name NOT IN (SELECT name FROM wanted)
)
INSERT INTO builders AS b (name, description, description_format, description_html, project, projectid, tags)
SELECT name, description, format, html, project, projectid, tags FROM wanted
    ON CONFLICT (name) DO UPDATE
   SET description = EXCLUDED.description, description_format = EXCLUDED.description_format,
       description_html = EXCLUDED.description_html, project = EXCLUDED.project,
       projectid = EXCLUDED.projectid, tags = EXCLUDED.tags, active = true, virtual = false
 WHERE (b.description, b.description_format, b.description_html, b.project, b.projectid, b.tags,
        b.active, b.virtual)
       IS DISTINCT FROM
       (EXCLUDED.description, EXCLUDED.description_format, EXCLUDED.description_html,
        EXCLUDED.project, EXCLUDED.projectid, EXCLUDED.tags, true, false);
