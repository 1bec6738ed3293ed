-- Makes the builds of taken requests.  Lists of one length: $1 buildrequestids  $2 builderids
-- $3 workerids  $4 numbers  $5 attempts  $6 tokens  $7 properties
-- For all: $8 configuration version  $9 now  $10 end of the lease
INSERT INTO builds (buildrequestid, builderid, workerid, number, attempt, token, properties,
                    config_version, started_at, lease_until, line)
SELECT x.buildrequestid, x.builderid, x.workerid, x.number, x.attempt, x.token, x.properties::jsonb,
       $8::bigint, $9::timestamptz, $10::timestamptz,
       (SELECT bit_xor(ss.line)
          FROM buildrequests q
          JOIN buildset_sourcestamps link ON link.bsid = q.buildsetid
          JOIN sourcestamps ss USING (ssid)
         WHERE q.buildrequestid = x.buildrequestid)
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[],
              $7::text[])
       AS x (buildrequestid, builderid, workerid, number, attempt, token, properties)
RETURNING buildid, number, builderid, buildrequestid, workerid, masterid, started_at, complete_at,
          locks_duration_s, complete, state_string, results, '{}'::jsonb AS properties, attempt,
          environment, pinned;
