-- The id of a builder's build.  $1 name of the builder  $2 number
SELECT b.buildid AS id FROM builds b JOIN builders bd USING (builderid) WHERE bd.name = $1 AND b.number = $2
