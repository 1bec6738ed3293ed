-- Ids of builders by their names.  $1 names, text[]
SELECT builderid, name FROM builders WHERE name = ANY ($1::text[]);
