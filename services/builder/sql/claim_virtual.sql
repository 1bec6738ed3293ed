-- Makes builders that appear instead of the ones whose recipe runs, or brings them up to date.
-- Lists of one length: $1 names  $2 descriptions  $3 projects  $4 tags (JSON lists)
-- A builder that the configuration names itself stays as it says.
INSERT INTO builders (name, description, project, tags, virtual)
SELECT DISTINCT ON (x.name) x.name, nullif(x.description, ''), x.project,
       ARRAY(SELECT jsonb_array_elements_text(x.tags::jsonb)), true
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS x (name, description, project, tags)
 WHERE NOT EXISTS (SELECT FROM builders b
                    WHERE b.name = x.name AND b.active
                          AND b.description IS NOT DISTINCT FROM nullif(x.description, '')
                          AND b.project = x.project
                          AND b.tags = ARRAY(SELECT jsonb_array_elements_text(x.tags::jsonb)))
 ORDER BY x.name
    ON CONFLICT (name) DO UPDATE
   SET description = excluded.description, project = excluded.project, tags = excluded.tags,
       active = true, virtual = true
 WHERE builders.virtual OR NOT builders.active;
