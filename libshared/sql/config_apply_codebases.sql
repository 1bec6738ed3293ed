-- Adds the codebases that the configuration names.  $1 [{project, name}]; the projects are there
INSERT INTO codebases (projectid, name, slug, changed_by)
SELECT DISTINCT p.projectid, w.name,
       left(regexp_replace(regexp_replace(w.name, '[^a-zA-Z0-9._-]', '_', 'g'), '^([0-9.])', '_\1'), 70),
       (SELECT max(version) FROM config_versions)
  FROM jsonb_to_recordset($1::jsonb) AS w (project text, name text)
  JOIN projects p ON p.name = w.project
    ON CONFLICT (projectid, name) DO NOTHING;
