-- When the next poller is due, or a claim runs out; null without one. What is due already is
-- somebody else's at this moment.
--   $1 now   $2 names, text[]   $3 their poll intervals at the longest, microseconds, bigint[]
SELECT min(at.at) AS due_at
  FROM pollers p
  JOIN unnest($2::text[], $3::bigint[]) AS mine (name, every) USING (name)
 CROSS JOIN LATERAL (
    SELECT greatest(least(p.due_at, p.last_poll_at + mine.every * interval '1 microsecond'),
                    p.claimed_until, p.not_before) AS at
 ) at
 WHERE p.active AND at.at > $1;
