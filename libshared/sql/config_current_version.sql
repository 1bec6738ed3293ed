-- The version in force; 0 before the first.
SELECT coalesce((SELECT version FROM config_current), 0) AS version;
