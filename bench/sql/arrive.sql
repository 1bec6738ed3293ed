-- A change arrives and is scheduled, as the services changes and scheduler do it.
\set revision random(1, 9000000000000000000)
\set builderid :client_id + 1
BEGIN;
INSERT INTO sourcestamps (branch, revision, repository)
VALUES ('main', md5(:revision::text), 'https://git.example.org/app.git') RETURNING ssid \gset
INSERT INTO changes (ssid, author, comments, files, revision, branch, repository, when_timestamp, source)
VALUES (:ssid, 'Ada <ada@example.org>', 'change', '{README}', md5(:revision::text), 'main',
        'https://git.example.org/app.git', now(), 'base') RETURNING changeid \gset
INSERT INTO change_inbox (changeid) VALUES (:changeid);
COMMIT;
BEGIN;
DELETE FROM change_inbox WHERE changeid = :changeid;
INSERT INTO buildsets (reason, scheduler, submitted_at, open_requests, properties)
VALUES ('The SingleBranchScheduler scheduler named ''main'' triggered this build', 'main', now(), 1,
        '{"scheduler": ["main", "Scheduler"]}') RETURNING bsid \gset
INSERT INTO buildset_sourcestamps (bsid, ssid) VALUES (:bsid, :ssid);
INSERT INTO buildset_changes (bsid, changeid) VALUES (:bsid, :changeid);
INSERT INTO buildrequests (buildsetid, builderid, submitted_at) VALUES (:bsid, :builderid, now());
COMMIT;
