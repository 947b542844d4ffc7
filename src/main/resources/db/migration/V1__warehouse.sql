CREATE SEQUENCE warehouse_id_seq INCREMENT BY 100;

CREATE TABLE warehouse (
    id         bigint       NOT NULL PRIMARY KEY DEFAULT nextval('warehouse_id_seq'),
    code       varchar(20)  NOT NULL CONSTRAINT warehouse_code_key UNIQUE
                            CONSTRAINT warehouse_code_check CHECK (code ~ '^[A-Z0-9_-]{2,20}$'),
    name       varchar(200) NOT NULL CONSTRAINT warehouse_name_check CHECK (name ~ '\S'),
    type       varchar(20)  NOT NULL
                            CONSTRAINT warehouse_type_check CHECK (type IN ('greenhouse', 'shadehouse', 'open_field', 'tunnel')),
    active     boolean      NOT NULL,
    version    integer      NOT NULL,
    created_at timestamptz  NOT NULL,
    updated_at timestamptz  NOT NULL
);

COMMENT ON TABLE warehouse IS 'A place where plants stand: the top level of the nursery''s locations.';
