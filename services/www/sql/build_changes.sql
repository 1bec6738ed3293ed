-- The changes that a build has and the last success before it had not, at most 500 of each codebase.  $1 buildid
-- The success counts when it built the same repositories, branches and codebases: their lines tell,
-- by one look into the index of a builder's successes.
-- A build whose sources came from no change has none.
WITH this AS MATERIALIZED (
    SELECT tb.buildid, tb.builderid, tb.number, tq.buildsetid
      FROM builds tb JOIN buildrequests tq USING (buildrequestid)
     WHERE tb.buildid = $1::bigint
), wanted AS MATERIALIZED (
    SELECT ts.ssid, ts.repository, ts.branch, ts.codebase, ts.line,
           greatest((SELECT max(tc.changeid) FROM changes tc WHERE tc.ssid = ts.ssid),
                    (SELECT max(tc.changeid)
                       FROM buildset_changes link JOIN changes tc USING (changeid)
                      WHERE link.bsid = this.buildsetid AND tc.codebase = ts.codebase)) AS newest
      FROM this
      JOIN buildset_sourcestamps tl ON tl.bsid = this.buildsetid
      JOIN sourcestamps ts USING (ssid)
), success AS MATERIALIZED (
    SELECT eq.buildsetid
      FROM this
     CROSS JOIN LATERAL (
           SELECT eb.buildrequestid
             FROM builds eb
            WHERE eb.builderid = this.builderid AND eb.line = (SELECT bit_xor(wanted.line) FROM wanted)
              AND eb.results = 0 AND eb.number < this.number
            ORDER BY eb.number DESC
            LIMIT 1) found
      JOIN buildrequests eq USING (buildrequestid)
), spans AS MATERIALIZED (
    SELECT wanted.*,
           coalesce((SELECT max(sc.changeid)
                       FROM success
                       JOIN buildset_sourcestamps sl ON sl.bsid = success.buildsetid
                       JOIN sourcestamps sst ON sst.ssid = sl.ssid
                       JOIN changes sc ON sc.ssid = sst.ssid
                      WHERE sst.codebase = wanted.codebase), 0) AS known
      FROM wanted
     WHERE wanted.newest IS NOT NULL
)
SELECT link.changeid FROM this JOIN buildset_changes link ON link.bsid = this.buildsetid
UNION
SELECT walked.changeid
  FROM spans
 CROSS JOIN LATERAL (
       SELECT wc.changeid
         FROM changes wc
        WHERE wc.repository = spans.repository AND wc.branch = spans.branch
          AND wc.codebase = spans.codebase
          AND wc.changeid > spans.known AND wc.changeid <= spans.newest
        ORDER BY wc.changeid DESC
        LIMIT 500) walked
 WHERE spans.branch IS NOT NULL
UNION
SELECT walked.changeid
  FROM spans
 CROSS JOIN LATERAL (
       SELECT wc.changeid
         FROM changes wc
        WHERE wc.repository = spans.repository AND wc.branch IS NULL
          AND wc.codebase = spans.codebase
          AND wc.changeid > spans.known AND wc.changeid <= spans.newest
        ORDER BY wc.changeid DESC
        LIMIT 500) walked
 WHERE spans.branch IS NULL
