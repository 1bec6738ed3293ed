-- The tips that a poller has seen.  $1 name
SELECT branch, revision FROM poller_refs WHERE poller = $1 ORDER BY branch;
