-- Removes artifacts of one builder.  $1 builderid  $2 those made before, or NULL: by their own time only
-- $3 now  $4 at most so many
DELETE FROM artifacts a
 WHERE a.artifactid IN (
       SELECT o.artifactid
         FROM artifacts o
         JOIN builds b USING (buildid)
        WHERE b.builderid = $1 AND NOT b.pinned
              AND coalesce(o.expires_at <= $3::timestamptz, o.created_at < $2::timestamptz)
        ORDER BY o.artifactid
        LIMIT $4::bigint);
