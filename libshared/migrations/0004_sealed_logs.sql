-- Logs whose lines lie in a store: logs.sealed says where, and blob_removals what of the store is to go.
-- sealed: {"parts": [{"key", "size", "sha256", "chunks": [[first_line, line_count, raw_bytes, offset, length,
-- "<first 16 digits of the frame's sha256>"], ...]}, ...]}; no parts: the log is empty.

-- What is still to be sealed is found without passing over what is.
CREATE INDEX logs_unsealed ON logs (logid) WHERE sealed IS NULL AND type <> 'd';

CREATE VIEW sealed_chunks AS
SELECT l.logid,
       (c.value ->> 0)::bigint AS first_line,
       (c.value ->> 1)::int AS line_count,
       (c.value ->> 2)::int AS raw_bytes,
       p.value ->> 'key' AS key,
       (c.value ->> 3)::bigint AS place,
       (c.value ->> 4)::int AS length,
       c.value ->> 5 AS hash
  FROM logs l
 CROSS JOIN LATERAL jsonb_array_elements(l.sealed -> 'parts') p
 CROSS JOIN LATERAL jsonb_array_elements(p.value -> 'chunks') c;

-- Objects to remove once due_at is over: those of logs that are gone, and those that are being put, until
-- their log names them. So whatever dies when, no object is left that nobody knows of.
CREATE TABLE blob_removals (
    key    text PRIMARY KEY,
    due_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX blob_removals_due ON blob_removals (due_at);

CREATE FUNCTION sealed_log_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.sealed IS NOT DISTINCT FROM OLD.sealed THEN
        RETURN NULL;
    END IF;
    INSERT INTO blob_removals (key)
    SELECT p.value ->> 'key' FROM jsonb_array_elements(OLD.sealed -> 'parts') p
        ON CONFLICT (key) DO UPDATE SET due_at = now();
    RETURN NULL;
END $$;
CREATE TRIGGER sealed_log_gone AFTER DELETE OR UPDATE OF sealed ON logs
    FOR EACH ROW WHEN (OLD.sealed IS NOT NULL) EXECUTE FUNCTION sealed_log_gone();
