-- The id of a builder.  $1 name
SELECT builderid AS id FROM builders WHERE name = $1
