-- Moves the branch of a change to its commit, which is there if it is kept at all.  $1 changeid
INSERT INTO branches (codebaseid, name, commitid, last_timestamp)
SELECT cb.codebaseid, c.branch, cm.commitid, c.when_timestamp
  FROM changes c
  JOIN projects p ON p.name = c.project
  JOIN codebases cb ON cb.projectid = p.projectid AND cb.name = c.codebase
  JOIN commits cm ON cm.codebaseid = cb.codebaseid AND cm.revision = c.revision
 WHERE c.changeid = $1::bigint AND c.branch IS NOT NULL
    ON CONFLICT (codebaseid, name) DO UPDATE
   SET commitid = EXCLUDED.commitid, last_timestamp = EXCLUDED.last_timestamp
RETURNING branchid, codebaseid, name, commitid, last_timestamp;
