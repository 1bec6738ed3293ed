-- Keeps a change's commit, if its codebase is one that the configuration names.  $1 changeid
-- No row: no such codebase, or the commit is known, from another branch or repository.
INSERT INTO commits (codebaseid, author, committer, comments, when_timestamp, revision, parent_commitid)
SELECT cb.codebaseid, c.author, c.committer, c.comments, c.when_timestamp, c.revision,
       (SELECT pm.commitid
          FROM changes pc JOIN commits pm ON pm.revision = pc.revision
         WHERE pc.changeid = c.parent_changeid AND pm.codebaseid = cb.codebaseid)
  FROM changes c
  JOIN projects p ON p.name = c.project
  JOIN codebases cb ON cb.projectid = p.projectid AND cb.name = c.codebase
 WHERE c.changeid = $1::bigint AND c.revision IS NOT NULL
    ON CONFLICT (codebaseid, revision) DO NOTHING
RETURNING commitid, codebaseid, author, committer, comments, when_timestamp, revision, parent_commitid;
