-- The artifacts of the newest build of a builder that ended well.  $1 its name  $2 branch or NULL
SELECT a.buildid, a.name, a.size, encode(a.sha256, 'hex') AS sha256,
       ARRAY(SELECT encode(x.sha256, 'hex')
               FROM unnest(a.chunks) WITH ORDINALITY AS x (sha256, place) ORDER BY x.place) AS chunks,
       a.mode, a.mtime
  FROM artifacts a
 WHERE a.buildid = (
       SELECT b.buildid
         FROM builds b
         JOIN builders d USING (builderid)
        WHERE d.name = $1::text AND b.complete AND b.results IN (0, 1)
              AND ($2::text IS NULL
                   OR EXISTS (SELECT
                                FROM buildrequests r
                                JOIN buildset_sourcestamps l ON l.bsid = r.buildsetid
                                JOIN sourcestamps t USING (ssid)
                               WHERE r.buildrequestid = b.buildrequestid AND t.branch = $2::text))
        ORDER BY b.number DESC
        LIMIT 1)
 ORDER BY a.name;
