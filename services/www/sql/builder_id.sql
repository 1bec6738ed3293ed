-- Name and id of one builder in force.  $1 builderid
SELECT builderid, name FROM builders WHERE builderid = $1 AND active
