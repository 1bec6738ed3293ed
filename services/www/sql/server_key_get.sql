-- A key that the replicas share.  $1 name
SELECT value FROM server_keys WHERE name = $1
