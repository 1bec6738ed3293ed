-- What the schedulers in force have done with a change.  $1 changeid
SELECT sc.schedulerid, sc.name, sc.enabled,
       ARRAY(SELECT bc.bsid
               FROM buildset_changes bc
               JOIN buildsets s USING (bsid)
              WHERE bc.changeid = $1::bigint AND s.scheduler = sc.name
              ORDER BY bc.bsid
              LIMIT 20) AS buildsets,
       k.changeid IS NOT NULL AS kept, coalesce(k.important, false) AS important,
       coalesce(t.due_at, c.due_at) AS due_at, v.verdict, v.reason
  FROM schedulers sc
  LEFT JOIN scheduler_changes k ON k.schedulerid = sc.schedulerid AND k.changeid = $1::bigint
  LEFT JOIN scheduler_timers t ON t.schedulerid = sc.schedulerid AND t.timer = k.timer
  LEFT JOIN LATERAL (SELECT min(x.due_at) AS due_at
                       FROM scheduler_timers x
                      WHERE x.schedulerid = sc.schedulerid
                            AND sc.type IN ('periodic', 'nightly')) c ON true
  LEFT JOIN change_verdicts v ON v.schedulerid = sc.schedulerid AND v.changeid = $1::bigint
 WHERE sc.active
 ORDER BY sc.name COLLATE "C";
