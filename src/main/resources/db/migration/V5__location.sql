CREATE SEQUENCE location_id_seq INCREMENT BY 100;

CREATE TABLE location (
    id         bigint       NOT NULL PRIMARY KEY DEFAULT nextval('location_id_seq'),
    area_id    bigint       NOT NULL CONSTRAINT location_area_id_fkey REFERENCES area ON DELETE RESTRICT,
    code       varchar(20)  NOT NULL CONSTRAINT location_code_check CHECK (code ~ '^[A-Z0-9-]{2,20}$'),
    name       varchar(200) NOT NULL CONSTRAINT location_name_check CHECK (name ~ '\S'),
    qr_code    varchar(20)  NOT NULL CONSTRAINT location_qr_code_key UNIQUE
                            CONSTRAINT location_qr_code_check CHECK (qr_code ~ '^[A-Z0-9]{8,20}$'),
    active     boolean      NOT NULL,
    version    integer      NOT NULL,
    created_at timestamptz  NOT NULL,
    updated_at timestamptz  NOT NULL,
    created_by varchar(255),
    updated_by varchar(255),
    CONSTRAINT location_area_id_code_key UNIQUE (area_id, code)
);

-- A page of an area's locations is read in the order of their ids.
CREATE INDEX location_area_id_id_idx ON location (area_id, id);

COMMENT ON TABLE location IS 'A place in an area with a label of its own, which people scan.';
COMMENT ON COLUMN location.qr_code IS 'What its label holds, unique in the nursery.';
