-- How the database is, and what was made so far (numbers that were given, not rows that are kept).
SELECT current_setting('server_version') AS server_version,
       (SELECT max(version)::bigint FROM schema_migrations) AS migration,
       pg_database_size(current_database()) AS size_bytes,
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections,
       current_setting('max_connections')::bigint AS connections_most,
       (SELECT ceil(extract(epoch FROM max(replay_lag)))::bigint FROM pg_stat_replication) AS lag_s,
       (SELECT count(*) FROM builders WHERE active) AS builders,
       (SELECT count(*) FROM workers WHERE active) AS workers,
       (SELECT coalesce(max(changeid), 0) FROM changes) AS changes,
       (SELECT coalesce(max(buildrequestid), 0) FROM buildrequests) AS buildrequests,
       (SELECT coalesce(max(buildid), 0) FROM builds) AS builds
