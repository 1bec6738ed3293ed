-- Versions of the configuration, the newest first.  $1 how many at most
SELECT version, applied_at, applied_by, comment, yaml FROM config_versions ORDER BY version DESC LIMIT $1
