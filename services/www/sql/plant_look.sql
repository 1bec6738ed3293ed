-- The builders and schedulers that there are, with a digest of how it looks, in order of kind and id.
SELECT 'builders' AS kind, builderid AS id, name, active,
       md5(row(description, description_format, description_html, project, tags)::text) AS look
  FROM builders
 UNION ALL
SELECT 'schedulers', schedulerid, name, active, md5(row(type, active)::text) FROM schedulers
 ORDER BY 1, 2
