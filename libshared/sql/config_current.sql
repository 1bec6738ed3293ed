-- The version in force and its text; 0 and an empty text before the first.
SELECT coalesce(v.version, 0) AS version, coalesce(v.yaml, '') AS yaml
  FROM (SELECT) one
  LEFT JOIN (config_current c JOIN config_versions v USING (version)) ON true;
