-- The workers in force, with what decides whether they may build.  $1 whether their properties are
-- asked for
-- The agent's own labels count where the key is free, as for the builder service.
SELECT workerid, name, coalesce(info -> 'labels', '{}'::jsonb) || labels AS labels,
       CASE WHEN $1::boolean THEN properties END AS properties,
       connected, paused, graceful, paused_by, pause_reason, paused_at, quarantine_until,
       last_seen_at, failures,
       CASE WHEN NOT connected THEN 0 WHEN max_builds = 0 THEN slots
            ELSE least(max_builds, slots) END AS slots
  FROM workers
 WHERE active
 ORDER BY name COLLATE "C";
