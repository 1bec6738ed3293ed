-- Begins, ends or adds to steps.  $1 buildid; lists of one length: $2 numbers  $3 names
-- $4 begins, $5 ends (epoch microseconds, 0: not by this batch)  $6 results (-1: none)  $7 states ('': as before)
-- $8 hidden (0, 1)  $9 urls to add (arrays)  $10 when they had their locks (as $4)
-- $11 flags to set (bits)  $12 groups ('': none)  $13 warnings
INSERT INTO steps (buildid, number, name, started_at, locks_acquired_at, complete, complete_at,
                   results, state_string, hidden, urls, flags, step_group, warnings)
SELECT $1::bigint, x.number, x.name, 'epoch'::timestamptz + nullif(x.begins, 0) * interval '1 us',
       'epoch'::timestamptz + nullif(x.locked, 0) * interval '1 us', x.ends > 0,
       'epoch'::timestamptz + nullif(x.ends, 0) * interval '1 us', nullif(x.results, -1), x.state,
       x.hidden = 1, x.urls::jsonb, x.flags, nullif(x.step_group, ''), x.warnings
  FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[],
              $8::bigint[], $9::text[], $10::bigint[], $11::bigint[], $12::text[], $13::bigint[])
       AS x (number, name, begins, ends, results, state, hidden, urls, locked, flags, step_group,
             warnings)
    ON CONFLICT (buildid, number) DO UPDATE
   SET locks_acquired_at = coalesce(steps.locks_acquired_at, excluded.locks_acquired_at),
       complete = steps.complete OR excluded.complete,
       complete_at = coalesce(steps.complete_at, excluded.complete_at),
       results = coalesce(steps.results, excluded.results),
       state_string = CASE WHEN steps.complete OR excluded.state_string = ''
                           THEN steps.state_string ELSE excluded.state_string END,
       hidden = steps.hidden OR excluded.hidden,
       urls = steps.urls || excluded.urls,
       flags = steps.flags | excluded.flags,
       warnings = steps.warnings + excluded.warnings
RETURNING stepid, number, name, buildid, started_at, locks_acquired_at, complete, complete_at,
          results, state_string, urls, hidden, step_group AS "group", warnings;
