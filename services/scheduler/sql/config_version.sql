-- The version of the configuration in force, 0 before the first.
SELECT coalesce(max(version), 0) AS version FROM config_current;
