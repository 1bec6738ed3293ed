-- Completes the logs of steps that end.  $1 buildid  $2 step numbers
UPDATE logs l
   SET complete = true
  FROM steps s
 WHERE s.buildid = $1::bigint AND s.number = ANY ($2::bigint[]) AND l.stepid = s.stepid
       AND NOT l.complete
RETURNING l.logid, l.name, l.slug, l.stepid, l.complete, l.num_lines, l.type;
