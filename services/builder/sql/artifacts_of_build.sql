-- The artifacts of a build.  $1 buildid
SELECT a.buildid, a.name, a.size, encode(a.sha256, 'hex') AS sha256,
       ARRAY(SELECT encode(x.sha256, 'hex')
               FROM unnest(a.chunks) WITH ORDINALITY AS x (sha256, place) ORDER BY x.place) AS chunks,
       a.mode, a.mtime
  FROM artifacts a
 WHERE a.buildid = $1::bigint
 ORDER BY a.name;
