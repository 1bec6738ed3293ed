-- The rows of builders.  $1 names
SELECT builderid, name FROM builders WHERE name = ANY ($1::text[]);
