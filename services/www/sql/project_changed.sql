-- The projects that a version of the configuration changed.  $1 version
SELECT p.projectid, p.name, p.slug,
       EXISTS (SELECT FROM builders b WHERE b.projectid = p.projectid AND b.active) AS active,
       p.description, p.description_format, p.description_html
  FROM projects p
 WHERE p.changed_by = $1::bigint
 ORDER BY p.projectid
