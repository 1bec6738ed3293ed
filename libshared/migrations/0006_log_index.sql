-- When the lines of a log came, and finding any line of a sealed log without unfolding its list of chunks.

-- By the agent's clock, when the chunk was sent; NULL in chunks from before this was kept.
ALTER TABLE log_chunks ADD COLUMN at timestamptz;

-- logs.sealed: each of "chunks" may end with a seventh element, its `at` in epoch milliseconds.
CREATE OR REPLACE VIEW sealed_chunks AS
SELECT l.logid,
       (c.value ->> 0)::bigint AS first_line,
       (c.value ->> 1)::int AS line_count,
       (c.value ->> 2)::int AS raw_bytes,
       p.value ->> 'key' AS key,
       (c.value ->> 3)::bigint AS place,
       (c.value ->> 4)::int AS length,
       c.value ->> 5 AS hash,
       to_timestamp((c.value ->> 6)::double precision / 1000) AS at
  FROM logs l
 CROSS JOIN LATERAL jsonb_array_elements(l.sealed -> 'parts') p
 CROSS JOIN LATERAL jsonb_array_elements(p.value -> 'chunks') c;

-- How many of a part's chunks begin at or before a line.
CREATE FUNCTION sealed_before(chunks jsonb, line bigint) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    low int := 0;
    high int := jsonb_array_length(chunks);
    middle int;
BEGIN
    WHILE low < high LOOP
        middle := (low + high) / 2;
        IF (chunks -> middle ->> 0)::bigint <= line THEN
            low := middle + 1;
        ELSE
            high := middle;
        END IF;
    END LOOP;
    RETURN low;
END $$;

-- The chunks of a sealed log that hold lines from_line..to_line, `most` at most: the first of them, or the
-- last when `backward`; by first_line in either case. No rows when the log is not sealed.
-- Chunks are found by halving: what is read of a list grows with the logarithm of its length.
CREATE FUNCTION sealed_pieces(log bigint, from_line bigint, to_line bigint, most int, backward boolean DEFAULT false)
RETURNS TABLE (first_line bigint, line_count int, raw_bytes int, key text, place bigint, length int, hash text,
               at timestamptz)
LANGUAGE plpgsql STABLE ROWS 20 AS $$
DECLARE
    parts jsonb;
    chunks jsonb;
    part int;
    step int := CASE WHEN backward THEN -1 ELSE 1 END;
    lower int;
    upper int;
    room int := most;
BEGIN
    SELECT l.sealed -> 'parts' INTO parts FROM logs l WHERE l.logid = log;
    part := CASE WHEN backward THEN jsonb_array_length(parts) - 1 ELSE 0 END;
    WHILE room > 0 AND part >= 0 AND part < jsonb_array_length(parts) LOOP
        chunks := parts -> part -> 'chunks';
        lower := greatest(sealed_before(chunks, from_line) - 1, 0);
        upper := sealed_before(chunks, to_line) - 1;
        -- The chunk before the first that begins later may end before from_line: in the part before.
        IF lower <= upper AND (chunks -> lower ->> 0)::bigint + (chunks -> lower ->> 1)::bigint <= from_line THEN
            lower := lower + 1;
        END IF;
        IF backward THEN
            lower := greatest(lower, upper - room + 1);
        ELSE
            upper := lower + least(upper - lower, room - 1);
        END IF;
        FOR i IN lower..upper LOOP
            RETURN QUERY
            SELECT (c.v ->> 0)::bigint, (c.v ->> 1)::int, (c.v ->> 2)::int, parts -> part ->> 'key',
                   (c.v ->> 3)::bigint, (c.v ->> 4)::int, c.v ->> 5,
                   to_timestamp((c.v ->> 6)::double precision / 1000)
              FROM (SELECT chunks -> i AS v) c;
        END LOOP;
        room := room - greatest(upper - lower + 1, 0);
        part := part + step;
    END LOOP;
END $$;
