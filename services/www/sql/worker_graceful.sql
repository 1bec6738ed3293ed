-- Asks a worker to stop when its builds are over.  $1 workerid
UPDATE workers SET graceful = true WHERE workerid = $1
