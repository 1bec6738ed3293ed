-- The unfinished builds of workers that somebody killed.
SELECT b.buildid, b.workerid
  FROM workers w
  JOIN builds b ON b.workerid = w.workerid AND NOT b.complete
 WHERE w.killed;
