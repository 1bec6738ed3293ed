-- Notes an object that is about to be put: it goes unless its log names it by then.  $1 key  $2 time
INSERT INTO blob_removals (key, due_at) VALUES ($1, $2::timestamptz)
    ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at
