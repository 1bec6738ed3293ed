-- One version of the configuration.  $1 version
SELECT version, applied_at, applied_by, comment, yaml FROM config_versions WHERE version = $1
