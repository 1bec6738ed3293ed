-- Makes a key unless it is there; the first one stays.  $1 name  $2 its bytes
INSERT INTO server_keys (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING
