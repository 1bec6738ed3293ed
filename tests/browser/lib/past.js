// SPDX-License-Identifier: Apache-2.0
// Builds that have been: written to the database, since running a thousand takes longer than looking at them.

/** Pushes 25 minutes apart, and after every tenth one a night; each built all builders but one, which took 2 to 20 minutes. */
export const pastBuilds = (pushes, except) => `
  WITH made AS (
    INSERT INTO buildsets (reason, scheduler, submitted_at, open_requests, complete, complete_at, results)
    SELECT 'push', 'force', at, 0, true, at, 0
      FROM (SELECT now() - make_interval(mins => 60 + 25 * (${pushes} - n) + 600 * ((${pushes} - n) / 10)) AS at FROM generate_series(1, ${pushes}) n) t RETURNING bsid, submitted_at),
  asked AS (
    INSERT INTO buildrequests (buildsetid, builderid, submitted_at, claimed, claimed_at, complete, complete_at, results)
    SELECT m.bsid, b.builderid, m.submitted_at, true, m.submitted_at, true, m.submitted_at, 0
      FROM made m CROSS JOIN builders b WHERE b.name <> '${except}' ORDER BY m.submitted_at, b.builderid RETURNING buildrequestid, builderid, submitted_at)
  INSERT INTO builds (number, builderid, buildrequestid, workerid, config_version, attempt, token, started_at, complete, complete_at,
                      results, state_string, properties)
  SELECT row_number() OVER (PARTITION BY builderid ORDER BY buildrequestid), builderid, buildrequestid, 1, 1, 1, 't',
         submitted_at + make_interval(secs => 20 * (builderid % 7)), true,
         submitted_at + make_interval(secs => 20 * (builderid % 7) + 120 + 53 * ((buildrequestid * 7) % 20)),
         CASE WHEN buildrequestid % 17 = 0 THEN 2 WHEN buildrequestid % 23 = 0 THEN 1 WHEN buildrequestid % 97 = 0 THEN 4 ELSE 0 END,
         CASE WHEN buildrequestid % 17 = 0 THEN 'failed test' ELSE 'build successful' END,
         '{"branch": ["main", "Build"], "owner": ["ada@example.org", "Force"], "revision": ["0123456789abcdef0123456789abcdef01234567", "Build"]}'
    FROM asked ORDER BY buildrequestid`;
