CREATE SEQUENCE batch_id_seq INCREMENT BY 100;

CREATE TABLE batch (
    id         bigint      NOT NULL PRIMARY KEY DEFAULT nextval('batch_id_seq'),
    bin_id     bigint      NOT NULL CONSTRAINT batch_bin_id_fkey REFERENCES bin ON DELETE RESTRICT,
    product    varchar(20) NOT NULL CONSTRAINT batch_product_check CHECK (product ~ '^[A-Z0-9-]{2,20}$'),
    size       varchar(3)  NOT NULL CONSTRAINT batch_size_check CHECK (size IN ('XS', 'S', 'M', 'L', 'XL', 'XXL')),
    quantity   integer     NOT NULL DEFAULT 0 CONSTRAINT batch_quantity_check CHECK (quantity >= 0),
    version    integer     NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by varchar(255),
    updated_by varchar(255)
) WITH (fillfactor = 70); -- each movement writes the row anew, where it was

-- A page of a bin's batches is read in the order of their ids.
CREATE INDEX batch_bin_id_id_idx ON batch (bin_id, id);

CREATE SEQUENCE movement_id_seq INCREMENT BY 100;

CREATE TABLE movement (
    id          bigint      NOT NULL PRIMARY KEY DEFAULT nextval('movement_id_seq'),
    batch_id    bigint      NOT NULL CONSTRAINT movement_batch_id_fkey REFERENCES batch ON DELETE RESTRICT,
    type        varchar(20) NOT NULL
                            CONSTRAINT movement_type_check CHECK (type IN ('planting', 'transplant', 'death', 'sale', 'adjustment', 'count')),
    quantity    integer     NOT NULL,
    counted     integer     CONSTRAINT movement_counted_check CHECK (counted >= 0),
    balance     integer     NOT NULL,
    transfer_id bigint,
    reverses_id bigint      CONSTRAINT movement_reverses_id_fkey REFERENCES movement ON DELETE RESTRICT
                            CONSTRAINT movement_reverses_id_key UNIQUE,
    version     integer     NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    created_by  varchar(255),
    updated_by  varchar(255),
    -- The sign that its type has; a reversal has the other one.
    CONSTRAINT movement_quantity_check CHECK (
        CASE type
            WHEN 'planting' THEN quantity * CASE WHEN reverses_id IS NULL THEN 1 ELSE -1 END > 0
            WHEN 'death' THEN quantity * CASE WHEN reverses_id IS NULL THEN 1 ELSE -1 END < 0
            WHEN 'sale' THEN quantity * CASE WHEN reverses_id IS NULL THEN 1 ELSE -1 END < 0
            WHEN 'count' THEN true
            ELSE quantity <> 0
        END),
    CONSTRAINT movement_counted_of_count_check CHECK ((counted IS NOT NULL) = (type = 'count' AND reverses_id IS NULL)),
    CONSTRAINT movement_transfer_of_transplant_check CHECK ((transfer_id IS NOT NULL) = (type = 'transplant'))
);

-- A page of a batch's movements is read in the order of their ids.
CREATE INDEX movement_batch_id_id_idx ON movement (batch_id, id);
CREATE INDEX movement_transfer_id_idx ON movement (transfer_id) WHERE transfer_id IS NOT NULL;

-- The quantity of a batch is the sum of its movements: it begins with none, and nothing but a movement changes it.
CREATE FUNCTION batch_keep_quantity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the quantity of a batch is changed by movements alone'
        USING ERRCODE = 'check_violation', TABLE = 'batch', COLUMN = 'quantity', CONSTRAINT = 'batch_keep_quantity';
END
$$;

CREATE TRIGGER batch_begin_with_none BEFORE INSERT ON batch
    FOR EACH ROW WHEN (new.quantity <> 0) EXECUTE FUNCTION batch_keep_quantity();

-- Within movement_apply the depth is 1; nobody gets there otherwise who may not create triggers.
CREATE TRIGGER batch_keep_quantity BEFORE UPDATE ON batch
    FOR EACH ROW WHEN (new.quantity <> old.quantity AND pg_trigger_depth() < 1) EXECUTE FUNCTION batch_keep_quantity();

-- Locks the batch, so that movements of one batch come one after the other, each with the balance that it leaves.
CREATE FUNCTION movement_apply() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before   integer;
    reversed movement%ROWTYPE;
    other    movement%ROWTYPE;
BEGIN
    SELECT quantity INTO before FROM batch WHERE id = new.batch_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such batch'
            USING ERRCODE = 'foreign_key_violation', TABLE = 'movement', CONSTRAINT = 'movement_batch_id_fkey';
    END IF;
    IF new.type = 'count' AND new.reverses_id IS NULL THEN
        new.quantity := new.counted - before;
    END IF;
    IF new.type = 'transplant' AND new.transfer_id IS NULL THEN
        new.transfer_id := new.id; -- the first of the two
    END IF;

    IF new.reverses_id IS NOT NULL THEN
        SELECT * INTO reversed FROM movement WHERE id = new.reverses_id;
        IF (reversed.batch_id, reversed.type, -reversed.quantity) IS DISTINCT FROM (new.batch_id, new.type, new.quantity)
                OR reversed.reverses_id IS NOT NULL THEN
            RAISE EXCEPTION 'not the reversal of that movement'
                USING ERRCODE = 'check_violation', TABLE = 'movement', CONSTRAINT = 'movement_reverses_id_check';
        END IF;
    END IF;
    IF new.transfer_id <> new.id THEN
        SELECT * INTO other FROM movement WHERE id = new.transfer_id;
        IF other.quantity IS DISTINCT FROM -new.quantity
                OR (SELECT count(DISTINCT product) FROM batch WHERE id IN (new.batch_id, other.batch_id)) > 1 THEN
            RAISE EXCEPTION 'not the other half of that transfer'
                USING ERRCODE = 'check_violation', TABLE = 'movement', CONSTRAINT = 'movement_transfer_id_check';
        END IF;
    END IF;

    UPDATE batch
    SET quantity = before + new.quantity, version = version + 1, updated_at = greatest(updated_at, new.created_at),
        updated_by = new.created_by
    WHERE id = new.batch_id
    RETURNING quantity INTO new.balance;
    RETURN new;
END
$$;

CREATE TRIGGER movement_apply BEFORE INSERT ON movement FOR EACH ROW EXECUTE FUNCTION movement_apply();

-- What leaves one batch arrives in another: at the commit a transfer has its two halves, and no third.
CREATE FUNCTION movement_complete_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) <> 2 OR sum(quantity) <> 0 FROM movement WHERE transfer_id = new.transfer_id) THEN
        RAISE EXCEPTION 'a transfer is two movements that add up to none'
            USING ERRCODE = 'check_violation', TABLE = 'movement', CONSTRAINT = 'movement_complete_transfer';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER movement_complete_transfer AFTER INSERT ON movement
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (new.transfer_id IS NOT NULL) EXECUTE FUNCTION movement_complete_transfer();

-- Movements are never changed: a wrong one is reversed by another.
CREATE FUNCTION movement_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'TRUNCATE' AND NOT EXISTS (SELECT FROM movement) THEN
        RETURN NULL; -- by CASCADE from a table that others refer to
    END IF;
    RAISE EXCEPTION 'movements are never changed or deleted, only reversed'
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

CREATE TRIGGER movement_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON movement
    FOR EACH STATEMENT EXECUTE FUNCTION movement_keep();

COMMENT ON TABLE batch IS 'Plants of one product and size in a bin.';
COMMENT ON COLUMN batch.quantity IS 'How many there are: the sum of its movements, kept by movement_apply.';
COMMENT ON TABLE movement IS 'The ledger: what came into a batch and what left it.';
COMMENT ON COLUMN movement.quantity IS 'How many came, or left if it is negative; of a count, what was found more or less.';
COMMENT ON COLUMN movement.counted IS 'Of a count, how many were there.';
COMMENT ON COLUMN movement.balance IS 'How many the batch has after it.';
COMMENT ON COLUMN movement.transfer_id IS 'The first of the two movements of a transfer.';
