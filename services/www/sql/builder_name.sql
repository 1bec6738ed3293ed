-- Name and id of one builder.  $1 builderid
SELECT builderid, name FROM builders WHERE builderid = $1
