-- Brings projects to what the configuration names.  $1 [{name, description: {text, format, html}}]
-- Rows that left keep what was said of them. The version that changed a row stands in it: the
-- newest, as a new one was stored before.
INSERT INTO projects AS p (name, slug, description, description_format, description_html, changed_by)
SELECT name, left(regexp_replace(regexp_replace(name, '[^a-zA-Z0-9._-]', '_', 'g'), '^([0-9.])', '_\1'), 70),
       description->>'text', description->>'format', description->>'html',
       (SELECT max(version) FROM config_versions)
  FROM jsonb_to_recordset($1::jsonb) AS w (name text, description jsonb)
    ON CONFLICT (name) DO UPDATE
   SET description = EXCLUDED.description, description_format = EXCLUDED.description_format,
       description_html = EXCLUDED.description_html, changed_by = EXCLUDED.changed_by
 WHERE (p.description, p.description_format, p.description_html)
       IS DISTINCT FROM
       (EXCLUDED.description, EXCLUDED.description_format, EXCLUDED.description_html);
