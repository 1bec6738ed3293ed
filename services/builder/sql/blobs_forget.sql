-- Objects that a log names from now on, or that are gone, are not to be removed any more.  $1 their keys
DELETE FROM blob_removals WHERE key = ANY ($1::text[])
