-- Completes the logs that an ended build left open.  $1 buildid
UPDATE logs l
   SET complete = true
  FROM steps s
 WHERE s.buildid = $1::bigint AND l.stepid = s.stepid AND NOT l.complete
RETURNING l.logid, l.name, l.slug, l.stepid, l.complete, l.num_lines, l.type;
