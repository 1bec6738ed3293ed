-- Whether an artifact has that piece: one row or none.  $1 sha256 in hex
SELECT a.size FROM artifacts a WHERE a.chunks @> ARRAY[decode($1::text, 'hex')] LIMIT 1;
