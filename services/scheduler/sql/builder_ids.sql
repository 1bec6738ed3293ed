-- Ids of builders by their names, in the order of the names.  $1 names, text[]
SELECT builderid, name
  FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, position) JOIN builders USING (name)
 ORDER BY position;
