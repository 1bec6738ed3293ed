-- Names and ids of the builders in force among some.  $1 names
SELECT builderid, name FROM builders WHERE name = ANY($1::text[]) AND active ORDER BY builderid
