-- Versions of the configuration, the newest first.  $1 how many at most  $2 whether with their texts
SELECT version, applied_at, applied_by, comment, CASE WHEN $2 THEN yaml END AS yaml
  FROM config_versions ORDER BY version DESC LIMIT $1
