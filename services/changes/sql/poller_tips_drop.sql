-- Forgets tips of branches that are gone.  $1 name   $2 branches that exist, text[]
DELETE FROM poller_refs WHERE poller = $1 AND branch <> ALL ($2::text[]);
