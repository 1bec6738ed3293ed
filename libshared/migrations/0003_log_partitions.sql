-- Log chunks by weeks, so that dropping old ones is dropping a table: nothing is scanned, and nobody waits.

ALTER TABLE logs ADD COLUMN day date NOT NULL DEFAULT current_date;  -- where its chunks are

-- What is there becomes the first partition; it lasts until today, as logs of today may be growing.
ALTER TABLE log_chunks RENAME TO log_chunks_first;
ALTER TABLE log_chunks_first DROP CONSTRAINT log_chunks_logid_fkey;
ALTER TABLE log_chunks_first DROP CONSTRAINT log_chunks_pkey;
ALTER TABLE log_chunks_first ADD COLUMN day date NOT NULL DEFAULT current_date;

-- No foreign key: a partition is dropped as a whole, and the rows of a build that is removed go with its logs.
CREATE TABLE log_chunks (
    logid      bigint NOT NULL,
    first_line bigint NOT NULL,
    line_count int NOT NULL,
    raw_bytes  int NOT NULL,
    content    bytea NOT NULL,                         -- one zstd frame
    day        date NOT NULL DEFAULT current_date,     -- of its log
    PRIMARY KEY (logid, first_line, day)
) PARTITION BY RANGE (day);
ALTER TABLE log_chunks ALTER COLUMN content SET STORAGE EXTERNAL;    -- compressed already

DO $$
BEGIN
    EXECUTE format('ALTER TABLE log_chunks ATTACH PARTITION log_chunks_first FOR VALUES FROM (MINVALUE) TO (%L)',
                   current_date + 1);
END $$;

-- Makes the partitions of the weeks that have none, up to `ahead` weeks from now; returns how many.
-- Each begins where the newest ends.
CREATE FUNCTION log_partitions_add(ahead int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    begins date;
    ends date;
    made int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('log_partitions_add'));
    SELECT max(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''(.*)''\)')::date) INTO begins
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'log_chunks'::regclass;
    WHILE begins < current_date + 7 * ahead LOOP
        ends := date_trunc('week', begins)::date + 7;
        EXECUTE format('CREATE TABLE %I PARTITION OF log_chunks FOR VALUES FROM (%L) TO (%L)',
                       'log_chunks_' || to_char(begins, 'YYYYMMDD'), begins, ends);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN content SET STORAGE EXTERNAL',
                       'log_chunks_' || to_char(begins, 'YYYYMMDD'));
        begins := ends;
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
SELECT log_partitions_add(8);
