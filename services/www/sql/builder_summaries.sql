-- Builders at a glance: how many of the newest 100 builds are running, how many requests wait (at most 1000), the median
-- seconds of the newest good builds, and the 20 newest builds. Each is a bounded look into an index.
-- $1 ids of builders  $2 projects whose builds are hidden
WITH newest AS MATERIALIZED (
    SELECT bd.builderid, n.*
      FROM unnest($1::bigint[]) AS bd(builderid)
      CROSS JOIN LATERAL (
          SELECT b.buildid, b.number, b.complete, b.results, b.started_at, b.complete_at, b.state_string, b.buildrequestid
            FROM builds b WHERE b.builderid = bd.builderid ORDER BY b.number DESC LIMIT 100) n
     WHERE NOT (cardinality($2::text[]) > 0 AND EXISTS (
           SELECT FROM buildrequests hq JOIN buildset_sourcestamps hl ON hl.bsid = hq.buildsetid
             JOIN sourcestamps hs USING (ssid)
            WHERE hq.buildrequestid = n.buildrequestid AND hs.project = ANY($2::text[])))),
ranked AS (
    SELECT n.*, row_number() OVER (PARTITION BY n.builderid ORDER BY n.number DESC) AS rank FROM newest n)
SELECT bd.builderid,
       count(n.buildid) FILTER (WHERE NOT n.complete) AS running,
       (SELECT count(*) FROM (
           SELECT FROM buildrequests q
            WHERE q.builderid = bd.builderid AND NOT q.claimed AND NOT q.complete
              AND NOT (cardinality($2::text[]) > 0 AND EXISTS (
                  SELECT FROM buildset_sourcestamps hl JOIN sourcestamps hs USING (ssid)
                   WHERE hl.bsid = q.buildsetid AND hs.project = ANY($2::text[])))
            LIMIT 1000) waiting) AS pending,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY floor(extract(epoch FROM n.complete_at - n.started_at))::bigint)
           FILTER (WHERE n.results IN (0, 1)) AS usual_duration_s,
       coalesce(jsonb_agg(jsonb_build_object(
           'buildid', n.buildid, 'number', n.number, 'results', n.results, 'state_string', n.state_string,
           'started_at', floor(extract(epoch FROM n.started_at))::bigint,
           'complete_at', floor(extract(epoch FROM n.complete_at))::bigint) ORDER BY n.number DESC)
           FILTER (WHERE n.rank <= 20), '[]') AS last_builds
  FROM unnest($1::bigint[]) AS bd(builderid)
  LEFT JOIN ranked n ON n.builderid = bd.builderid
 GROUP BY bd.builderid
