-- Remembers tips.  $1 name   $2 branches, text[]   $3 their revisions, text[]
INSERT INTO poller_refs (poller, branch, revision)
SELECT $1, branch, revision FROM unnest($2::text[], $3::text[]) AS tip (branch, revision)
ON CONFLICT (poller, branch) DO UPDATE SET revision = excluded.revision;
