-- Pushes on the claims of polls under way.  $1 names, text[]   $2 their claims, bigint[]   $3 until
UPDATE pollers SET claimed_until = $3
  FROM unnest($1::text[], $2::bigint[]) AS held (name, claim)
 WHERE pollers.name = held.name AND pollers.claim = held.claim AND claimed_until IS NOT NULL;
