CREATE SEQUENCE bin_id_seq INCREMENT BY 100;

CREATE TABLE bin (
    id          bigint      NOT NULL PRIMARY KEY DEFAULT nextval('bin_id_seq'),
    location_id bigint      NOT NULL CONSTRAINT bin_location_id_fkey REFERENCES location ON DELETE RESTRICT,
    code        varchar(20) NOT NULL CONSTRAINT bin_code_check CHECK (code ~ '^[A-Z0-9-]{2,20}$'),
    status      varchar(20) NOT NULL CONSTRAINT bin_status_check CHECK (status IN ('active', 'maintenance', 'retired')),
    version     integer     NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    created_by  varchar(255),
    updated_by  varchar(255),
    CONSTRAINT bin_location_id_code_key UNIQUE (location_id, code)
);

-- A page of a location's bins is read in the order of their ids.
CREATE INDEX bin_location_id_id_idx ON bin (location_id, id);

CREATE FUNCTION bin_keep_retired() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a retired bin stays retired'
        USING ERRCODE = 'check_violation', TABLE = 'bin', COLUMN = 'status', CONSTRAINT = 'bin_keep_retired';
END
$$;

CREATE TRIGGER bin_keep_retired BEFORE UPDATE OF status ON bin
    FOR EACH ROW WHEN (old.status = 'retired' AND new.status <> 'retired')
    EXECUTE FUNCTION bin_keep_retired();

COMMENT ON TABLE bin IS 'What plants stand in: a bed, a bench or a box of a location.';
