-- Gives a build an artifact, in place of one of that name.  $1 buildid  $2 step  $3 name  $4 bytes
-- $5 sha256 in hex  $6 sha256s of its pieces in hex, in order  $7 mode  $8 mtime or NULL
-- $9 when it goes, or NULL: as retention says  $10 now
INSERT INTO artifacts (buildid, step, name, size, sha256, chunks, mode, mtime, expires_at,
                       created_at)
SELECT b.buildid, $2::bigint, $3::text, $4::bigint, decode($5::text, 'hex'),
       ARRAY(SELECT decode(x.hex, 'hex') FROM unnest($6::text[]) WITH ORDINALITY AS x (hex, place)
              ORDER BY x.place),
       $7::bigint, $8::timestamptz, $9::timestamptz, $10::timestamptz
  FROM builds b
 WHERE b.buildid = $1::bigint AND NOT b.complete
    ON CONFLICT (buildid, name) DO UPDATE
   SET step = excluded.step, size = excluded.size, sha256 = excluded.sha256,
       chunks = excluded.chunks, mode = excluded.mode, mtime = excluded.mtime,
       expires_at = excluded.expires_at
RETURNING artifactid, buildid, step, name, size, encode(sha256, 'hex') AS sha256, mode, mtime,
          created_at, expires_at;
