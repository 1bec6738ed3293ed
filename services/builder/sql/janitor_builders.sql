-- Every builder that ever was.
SELECT builderid, name FROM builders ORDER BY builderid;
