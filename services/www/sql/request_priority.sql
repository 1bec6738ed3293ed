-- Moves a request in the queue.  $1 buildrequestid  $2 priority, higher first
UPDATE buildrequests SET priority = $2::bigint::int WHERE buildrequestid = $1
