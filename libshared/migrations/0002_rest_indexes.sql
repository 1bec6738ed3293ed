-- What the lists of the REST API are ordered and narrowed by and the services' own work is not.
CREATE INDEX buildrequests_submitted ON buildrequests (submitted_at);
CREATE INDEX buildsets_parent ON buildsets (parent_buildid) WHERE parent_buildid IS NOT NULL;
