-- Brings workers to what the configuration names; those who enrolled themselves stay.
-- $1 [{name, max_builds, labels, properties, default_properties}]
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb)
               AS w (name text, max_builds int, labels jsonb, properties jsonb,
                     default_properties jsonb)
), gone AS (
    UPDATE workers SET active = false
     WHERE active AND NOT enrolled AND name NOT IN (SELECT name FROM wanted)
), changed AS (
    UPDATE workers k
       SET max_builds = w.max_builds, labels = w.labels, properties = w.properties,
           default_properties = w.default_properties, enrolled = false, active = true
      FROM wanted w
     WHERE k.name = w.name
       AND (k.max_builds, k.labels, k.properties, k.default_properties, k.enrolled, k.active)
           IS DISTINCT FROM
           (w.max_builds, w.labels, w.properties, w.default_properties, false, true)
)
INSERT INTO workers (name, max_builds, labels, properties, default_properties)
SELECT name, max_builds, labels, properties, default_properties FROM wanted
    ON CONFLICT (name) DO NOTHING;
