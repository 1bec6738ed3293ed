-- All builders that ever were, as far as rules are about them.
SELECT builderid, name, project FROM builders ORDER BY builderid
