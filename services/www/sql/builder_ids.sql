-- Names and ids of the builders in force.
SELECT builderid, name FROM builders WHERE active ORDER BY builderid
