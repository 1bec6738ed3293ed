-- Pushes on every lease, after a time in which nobody could renew them.  $1 not before
UPDATE builds SET lease_until = $1::timestamptz
 WHERE NOT complete AND lease_until < $1::timestamptz;
