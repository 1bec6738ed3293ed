-- Ids of builders.  $1 names
SELECT builderid AS id FROM builders WHERE name = ANY ($1::text[]) ORDER BY builderid;
