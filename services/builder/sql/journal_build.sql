-- Locks the build that a journal belongs to.  $1 buildid
SELECT b.buildid, b.workerid, b.token, b.complete, b.next_seq, b.folded, b.started_at,
       b.config_version, b.attempt, b.stop_reason, b.state_string, b.buildrequestid, b.seen,
       d.name AS builder, b.builderid, w.session, r.buildsetid, r.cancel_reason, w.failures
  FROM builds b
  JOIN workers w USING (workerid)
  JOIN buildrequests r USING (buildrequestid)
  JOIN builders d ON d.builderid = r.builderid
 WHERE b.buildid = $1::bigint
   FOR NO KEY UPDATE OF b;
