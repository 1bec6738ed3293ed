-- Claims the poller that is due longest and that nobody works on, among those of our configuration.
--   $1 now   $2 claimed until
--   $3 names, text[]   $4 their repositories, text[]
--   $5 their poll intervals at the longest, microseconds, bigint[]
-- The counter fences: whoever comes back after its claim ran out finds another number. An interval
-- that has become shorter counts at once.
UPDATE pollers SET claimed_until = $2, claim = claim + 1, poked_for = NULL
 WHERE name = (SELECT p.name
                 FROM pollers p
                 JOIN unnest($3::text[], $4::text[], $5::bigint[]) AS mine (name, repository, every)
                   ON p.name = mine.name AND p.repository = mine.repository
                WHERE p.active AND (p.claimed_until IS NULL OR p.claimed_until <= $1)
                  AND (p.not_before IS NULL OR p.not_before <= $1)
                  AND least(p.due_at, p.last_poll_at + mine.every * interval '1 microsecond') <= $1
                ORDER BY p.due_at LIMIT 1 FOR UPDATE OF p SKIP LOCKED)
RETURNING name, claim, initialized, failures, state;
