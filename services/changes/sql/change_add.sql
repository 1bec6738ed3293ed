-- Adds a change and shows it to the schedulers, unless it is known by repository, branch and revision.
--   $1 repository  $2 branch   $3 revision  $4 project  $5 codebase   $6 author  $7 committer
--   $8 comments    $9 files    $10 category $11 revlink $12 properties, jsonb     $13 when  $14 source
-- The source stamp is touched rather than skipped on conflict, so that its id always comes back.
-- The parent is looked for in two ways, as IS NOT DISTINCT FROM can use no index.
WITH stamp AS (
    INSERT INTO sourcestamps (repository, branch, revision, project, codebase)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (repository, branch, revision, project, codebase, patchid)
        DO UPDATE SET codebase = excluded.codebase
    RETURNING ssid, created_at
), added AS (
    INSERT INTO changes (parent_changeid, ssid, author, committer, comments, files, revision, branch,
                         repository, project, codebase, category, revlink, properties,
                         when_timestamp, source)
    SELECT CASE WHEN $2 IS NULL
           THEN (SELECT changeid FROM changes
                  WHERE repository = $1 AND branch IS NULL AND codebase = $5 AND project = $4
                  ORDER BY changeid DESC LIMIT 1)
           ELSE (SELECT changeid FROM changes
                  WHERE repository = $1 AND branch = $2 AND codebase = $5 AND project = $4
                  ORDER BY changeid DESC LIMIT 1)
           END,
           ssid, $6, $7, $8, $9::text[], $3, $2, $1, $4, $5, $10, $11, coalesce($12::jsonb, '{}'), $13, $14
      FROM stamp
    ON CONFLICT (repository, branch, revision) WHERE revision IS NOT NULL DO NOTHING
    RETURNING *
), shown AS (
    INSERT INTO change_inbox SELECT changeid FROM added
)
SELECT changeid, array_remove(ARRAY[parent_changeid], NULL) AS parent_changeids, author, committer,
       files, comments, added.revision, when_timestamp, added.branch, category, revlink, properties,
       added.repository, added.project, added.codebase,
       jsonb_build_object('ssid', stamp.ssid, 'revision', added.revision, 'branch', added.branch,
                          'repository', added.repository, 'project', added.project,
                          'codebase', added.codebase, 'patch', NULL,
                          'created_at', floor(extract(epoch FROM stamp.created_at))::bigint) AS sourcestamp
  FROM added JOIN stamp USING (ssid);
