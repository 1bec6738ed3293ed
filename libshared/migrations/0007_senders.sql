-- Who sends a delivery. Services from before this leave the column empty and do not look at the table.

ALTER TABLE deliveries ADD COLUMN IF NOT EXISTS sender text;  -- user whose token it came with, or NULL

-- Who sends a delivery that www hands on to changes, by a token that www has looked at.
CREATE TABLE IF NOT EXISTS senders (
    handle   text PRIMARY KEY,                         -- random; the delivery carries it
    username text NOT NULL,
    provider text,
    tokenid  bigint,
    client   text,
    at       timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS senders_at ON senders (at);
