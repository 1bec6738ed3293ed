-- Makes pollers due now.  $1 names, text[]; empty: all   $2 now
UPDATE pollers SET due_at = $2 WHERE active AND (name = ANY ($1::text[]) OR $1::text[] = '{}');
