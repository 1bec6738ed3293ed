-- A build has left an environment of its worker dirty, and it was destroyed.  $1 buildid  $2 key
DELETE FROM environments e
 USING builds b
 WHERE b.buildid = $1::bigint AND e.workerid = b.workerid AND e.builderid = b.builderid
       AND e.key = $2::text;
