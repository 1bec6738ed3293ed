-- The pieces of an artifact, in order.  $1 artifactid
SELECT encode(x.sha256, 'hex') AS sha256, c.size
  FROM artifacts a
 CROSS JOIN unnest(a.chunks) WITH ORDINALITY AS x (sha256, place)
  JOIN artifact_chunks c ON c.sha256 = x.sha256
 WHERE a.artifactid = $1::bigint
 ORDER BY x.place;
