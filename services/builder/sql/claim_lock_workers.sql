-- Locks the workers that get builds, so that no two replicas fill one slot.  $1 workerids
SELECT workerid
  FROM workers
 WHERE workerid = ANY ($1::bigint[])
 ORDER BY workerid
   FOR NO KEY UPDATE SKIP LOCKED;
