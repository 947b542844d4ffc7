CREATE TABLE idempotency (
    subject   varchar(200) NOT NULL DEFAULT '',
    key       varchar(255) NOT NULL,
    digest    bytea        NOT NULL,
    status    smallint,
    headers   text,
    body      bytea,
    stored_at timestamptz  NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, key)
) WITH (fillfactor = 70); -- each row is written twice: the answer comes at the end of the transaction

-- The oldest are removed first.
CREATE INDEX idempotency_stored_at_idx ON idempotency (stored_at);

COMMENT ON TABLE idempotency IS 'Answers to requests with an Idempotency-Key, stored in the transaction of what the request did.';
COMMENT ON COLUMN idempotency.subject IS 'Whose key it is; empty while nobody has to say who he is.';
COMMENT ON COLUMN idempotency.digest IS 'SHA-256 of method, path and body of the request.';
