-- What one build needs besides itself, a builder and a worker for each client of pgbench, so that
-- no two of them wait for one row. Runs on the migrated schema.
INSERT INTO config_versions (applied_by, yaml) VALUES ('bench', '{}');
INSERT INTO builders (name) SELECT 'bench-' || n FROM generate_series(0, 127) AS n;
INSERT INTO workers (name, slots) SELECT 'bench-' || n, 1 FROM generate_series(0, 127) AS n;
INSERT INTO schedulers (name, type) VALUES ('main', 'single_branch');
