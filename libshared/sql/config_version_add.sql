-- Stores a version and puts it in force.  $1 yaml   $2 who   $3 comment
WITH added AS (
    INSERT INTO config_versions (yaml, applied_by, comment) VALUES ($1, $2, $3) RETURNING version
)
INSERT INTO config_current (version) SELECT version FROM added
    ON CONFLICT (only_row) DO UPDATE SET version = EXCLUDED.version
RETURNING version;
