-- The steps that a build has begun.  $1 buildid
SELECT number, name, complete, results FROM steps WHERE buildid = $1::bigint ORDER BY number;
