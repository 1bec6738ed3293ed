-- Writes a buildset with its source stamps, changes and requests: all in one round trip, as it
-- stands between a change and its build.
-- $1 external id   $2 reason   $3 scheduler's name   $4 now   $5 rebuilt build   $6 parent build
-- $7 relationship to the parent   $8 properties {name: [value, source]}   $9 builder ids
-- $10 priority   $11 change ids   $12 sources [{repository, branch, revision, project, codebase,
-- patchid}]   $13 whether a trigger waits for it
WITH source AS (
    SELECT DISTINCT repository, branch, revision, project, codebase, patchid
      FROM jsonb_to_recordset($12::jsonb)
        AS s (repository text, branch text, revision text, project text, codebase text,
              patchid bigint)
), known AS (
    -- IS NOT DISTINCT FROM can use no index; these four can, and three of them cost nothing.
    SELECT s.*, found.ssid
      FROM source s
     CROSS JOIN LATERAL (
        SELECT t.ssid FROM sourcestamps t
         WHERE t.repository = s.repository AND t.branch = s.branch AND t.revision = s.revision
           AND t.project = s.project AND t.codebase = s.codebase
           AND t.patchid IS NULL
        UNION ALL
        SELECT t.ssid FROM sourcestamps t
         WHERE s.branch IS NULL AND t.repository = s.repository AND t.branch IS NULL
           AND t.revision = s.revision AND t.project = s.project AND t.codebase = s.codebase
           AND t.patchid IS NULL
        UNION ALL
        SELECT t.ssid FROM sourcestamps t
         WHERE s.revision IS NULL AND t.repository = s.repository AND t.branch = s.branch
           AND t.revision IS NULL AND t.project = s.project AND t.codebase = s.codebase
           AND t.patchid IS NULL
        UNION ALL
        SELECT t.ssid FROM sourcestamps t
         WHERE s.branch IS NULL AND s.revision IS NULL AND t.repository = s.repository
           AND t.branch IS NULL AND t.revision IS NULL AND t.project = s.project
           AND t.codebase = s.codebase AND t.patchid IS NULL
     ) found
     WHERE s.patchid IS NULL
), added AS (
    -- The update that changes nothing gives the id of a row that another transaction has just added.
    INSERT INTO sourcestamps (repository, branch, revision, project, codebase, patchid, created_at)
    SELECT s.repository, s.branch, s.revision, s.project, s.codebase, s.patchid, $4
      FROM source s
     WHERE NOT EXISTS (SELECT FROM known k
                        WHERE k.repository = s.repository AND k.project = s.project
                          AND k.codebase = s.codebase AND k.branch IS NOT DISTINCT FROM s.branch
                          AND k.revision IS NOT DISTINCT FROM s.revision
                          AND s.patchid IS NULL)
        ON CONFLICT (repository, branch, revision, project, codebase, patchid)
        DO UPDATE SET created_at = sourcestamps.created_at
    RETURNING ssid
), made AS (
    INSERT INTO buildsets (external_idstring, reason, scheduler, submitted_at, rebuilt_buildid,
                           parent_buildid, parent_relationship, properties, open_requests,
                           complete, complete_at, results)
    SELECT $1, $2, $3, $4::timestamptz, $5::bigint, $6::bigint, $7, $8::jsonb, cardinality($9::bigint[]),
           cardinality($9) = 0, CASE WHEN cardinality($9) = 0 THEN $4 END,
           CASE WHEN cardinality($9) = 0 THEN 0 ELSE -1 END
    RETURNING bsid
), stamped AS (
    INSERT INTO buildset_sourcestamps (bsid, ssid)
    SELECT made.bsid, stamp.ssid
      FROM made, (SELECT ssid FROM known UNION SELECT ssid FROM added) stamp
), changed AS (
    INSERT INTO buildset_changes (bsid, changeid)
    SELECT DISTINCT made.bsid, given.changeid FROM made, unnest($11::bigint[]) AS given (changeid)
), requested AS (
    INSERT INTO buildrequests (buildsetid, builderid, priority, submitted_at, waited_for)
    SELECT made.bsid, given.builderid, $10, $4, $13
      FROM made, unnest($9) WITH ORDINALITY AS given (builderid, position)
     ORDER BY given.position
    RETURNING buildrequestid
)
SELECT bsid,
       ARRAY(SELECT buildrequestid FROM requested ORDER BY buildrequestid)::bigint[] AS brids
  FROM made;
