-- For the gauges.
SELECT (SELECT count(*) FROM buildrequests WHERE NOT claimed AND NOT complete) AS pending,
       (SELECT count(*) FROM builds WHERE NOT complete) AS running;
