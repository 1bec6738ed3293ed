-- The builders that the configuration in force names.
SELECT builderid, name FROM builders WHERE active ORDER BY builderid;
