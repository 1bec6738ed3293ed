-- Takes finished buildsets that no dependent scheduler has looked at, oldest first; they are gone
-- with the transaction.  $1 at most so many
WITH taken AS (
    DELETE FROM completions
     WHERE bsid = ANY (ARRAY(SELECT bsid FROM completions ORDER BY bsid LIMIT $1
                                FOR UPDATE SKIP LOCKED))
    RETURNING bsid
)
SELECT b.bsid, b.scheduler, b.results,
       ARRAY(SELECT c.changeid FROM buildset_changes c WHERE c.bsid = b.bsid
              ORDER BY c.changeid)::bigint[] AS changeids,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'codebase', s.codebase, 'repository', s.repository, 'project', s.project,
                   'branch', s.branch, 'revision', s.revision, 'patchid', s.patchid)
                   ORDER BY s.codebase), '[]')
          FROM buildset_sourcestamps l JOIN sourcestamps s USING (ssid)
         WHERE l.bsid = b.bsid) AS sources
  FROM buildsets b JOIN taken USING (bsid)
 WHERE b.complete
 ORDER BY b.bsid;
