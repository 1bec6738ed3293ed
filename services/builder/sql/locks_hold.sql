-- Holds locks while claims on them are judged.  Lists of one length: $1 names  $2 workerids
SELECT l.name
  FROM locks l
  JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::bigint[]) AS y (name, workerid)) x
       ON x.name = l.name AND x.workerid = l.workerid
 ORDER BY l.name, l.workerid
   FOR UPDATE OF l;
