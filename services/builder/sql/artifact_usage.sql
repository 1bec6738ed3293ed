-- What the pieces of all artifacts take.
SELECT coalesce(sum(size), 0)::bigint AS bytes FROM artifact_chunks;
