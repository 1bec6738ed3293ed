-- Whose log it is.  $1 logid
SELECT bd.name AS builder, w.name AS worker, s.name AS step, b.number
  FROM logs l
  JOIN steps s USING (stepid)
  JOIN builds b USING (buildid)
  JOIN builders bd USING (builderid)
  JOIN workers w USING (workerid)
 WHERE l.logid = $1
