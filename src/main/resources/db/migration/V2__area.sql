CREATE SEQUENCE area_id_seq INCREMENT BY 100;

CREATE TABLE area (
    id           bigint       NOT NULL PRIMARY KEY DEFAULT nextval('area_id_seq'),
    warehouse_id bigint       NOT NULL CONSTRAINT area_warehouse_id_fkey REFERENCES warehouse ON DELETE RESTRICT,
    code         varchar(20)  NOT NULL CONSTRAINT area_code_check CHECK (code ~ '^[A-Z0-9-]{2,20}$'),
    name         varchar(200) NOT NULL CONSTRAINT area_name_check CHECK (name ~ '\S'),
    position     varchar(1)   CONSTRAINT area_position_check CHECK (position IN ('N', 'S', 'E', 'W', 'C')),
    active       boolean      NOT NULL,
    version      integer      NOT NULL,
    created_at   timestamptz  NOT NULL,
    updated_at   timestamptz  NOT NULL,
    CONSTRAINT area_warehouse_id_code_key UNIQUE (warehouse_id, code)
);

-- A page of a warehouse's areas is read in the order of their ids.
CREATE INDEX area_warehouse_id_id_idx ON area (warehouse_id, id);

COMMENT ON TABLE area IS 'A part of a warehouse.';
