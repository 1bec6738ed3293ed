-- Who waits for whom, as locks_node() counts: a step for who has its lock or waits before it, a step
-- that has triggered for the builds and requests it waits for, a build for its steps that wait.
WITH claims AS (
    SELECT c.*, c.buildid * 1048576 + c.step + 1 AS node FROM lock_claims c),
triggering AS (
    SELECT t.buildid, t.buildid * 1048576 + t.step + 1 AS node, r.buildrequestid, r.claimed
      FROM triggers t
      JOIN builds p ON p.buildid = t.buildid AND NOT p.complete
     CROSS JOIN LATERAL jsonb_array_elements(t.buildsets) AS e
      JOIN buildsets s ON s.bsid = (e ->> 'bsid')::bigint AND NOT s.complete
      JOIN buildrequests r ON r.buildsetid = s.bsid AND r.waited_for AND NOT r.complete
     WHERE t.done)
SELECT w.node AS waiter, h.node AS holder
  FROM claims w
  JOIN claims h ON h.name = w.name AND h.workerid = w.workerid AND h.node <> w.node
       AND (h.granted_at IS NOT NULL OR h.claimid < w.claimid)
 WHERE w.granted_at IS NULL
UNION
SELECT w.buildid * 1048576, w.node FROM claims w WHERE w.granted_at IS NULL
UNION
SELECT t.buildid * 1048576, t.node FROM triggering t
UNION
SELECT t.node, CASE WHEN t.claimed THEN b.buildid * 1048576 ELSE -t.buildrequestid END
  FROM triggering t
  LEFT JOIN builds b ON b.buildrequestid = t.buildrequestid AND NOT b.complete
 WHERE b.buildid IS NOT NULL OR NOT t.claimed;
