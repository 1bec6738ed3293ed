-- Whether a web hook that is on has told of changes of one of these repositories before, so that it
-- should have told of the next, too.
--   $1 repositories, text[]   $2 of pull requests rather than of pushes
SELECT EXISTS (
    SELECT FROM deliveries d
      JOIN changesources s ON s.name = 'change_hook/' || d.source AND s.active
     WHERE d.kind = 'hook' AND d.repository = ANY ($1::text[]) AND d.verdict IN ('changes', 'known')
       AND (coalesce(d.event, '') ~* '(pull|merge).?request|^pr:') = $2::boolean) AS heard;
