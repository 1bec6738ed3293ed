-- Has retention pass over a build, or not any more.  $1 buildid  $2 pinned
UPDATE builds SET pinned = $2::boolean WHERE buildid = $1::bigint;
