-- How many builds take a slot of each worker.  $1 workerids
SELECT workerid, count(*) AS running
  FROM builds
 WHERE workerid = ANY ($1::bigint[]) AND NOT complete AND NOT waiting
 GROUP BY workerid;
