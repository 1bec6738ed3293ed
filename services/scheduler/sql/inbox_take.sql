-- Takes changes that no scheduler has looked at, oldest first; they leave the inbox with the
-- transaction.  $1 at most so many
WITH taken AS (
    DELETE FROM change_inbox
     WHERE changeid = ANY (ARRAY(SELECT changeid FROM change_inbox ORDER BY changeid LIMIT $1
                                    FOR UPDATE SKIP LOCKED))
    RETURNING changeid
)
SELECT changeid, author, branch, revision, repository, project, codebase, category, files,
       properties, false AS important
  FROM changes JOIN taken USING (changeid)
 ORDER BY changeid;
