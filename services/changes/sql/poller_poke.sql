-- Makes pollers due. One that is at work looks once more afterwards; a rate limit still holds.
--   $1 names, text[]   $2 now   $3 microseconds that must lie between two polls, bigint
UPDATE pollers
   SET due_at = least(due_at, greatest($2, last_poll_at + $3 * interval '1 microsecond')),
       poked_for = CASE WHEN claimed_until > $2
                        THEN greatest($2, last_poll_at + $3 * interval '1 microsecond') END
 WHERE name = ANY ($1::text[]) AND active;
