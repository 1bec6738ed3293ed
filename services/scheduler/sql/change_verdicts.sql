-- Remembers which schedulers refused changes that none took, and why.
-- Lists of one length: $1 changes   $2 schedulers   $3 refused or unimportant   $4 reasons
INSERT INTO change_verdicts (changeid, schedulerid, verdict, reason)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[])
ON CONFLICT DO NOTHING;
