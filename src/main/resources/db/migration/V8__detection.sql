-- Written by COPY alone. Each session takes a thousand ids at once, so that nobody waits for the next one.
CREATE SEQUENCE detection_id_seq CACHE 1000;

-- The cursor of an export is the primary key, which has to hold the column that the partitions go by.
CREATE TABLE detection (
    id          bigint           NOT NULL DEFAULT nextval('detection_id_seq'),
    area_id     bigint           NOT NULL CONSTRAINT detection_area_id_fkey REFERENCES area ON DELETE RESTRICT,
    detected_at timestamptz      NOT NULL,
    product     varchar(200)     NOT NULL CONSTRAINT detection_product_check CHECK (product ~ '\S'),
    size        varchar(20)      CONSTRAINT detection_size_check CHECK (size ~ '^[A-Z0-9./-]{1,20}$'),
    confidence  double precision NOT NULL CONSTRAINT detection_confidence_check CHECK (confidence BETWEEN 0 AND 1),
    count       integer          NOT NULL CONSTRAINT detection_count_check CHECK (count BETWEEN 0 AND 100000),
    PRIMARY KEY (detected_at, id)
) PARTITION BY RANGE (detected_at);

-- Who deletes an area asks whether it has any.
CREATE INDEX detection_area_id_idx ON detection (area_id);

-- What has no month of its own yet is kept all the same.
CREATE TABLE detection_other PARTITION OF detection DEFAULT;

COMMENT ON TABLE detection IS 'Plants that were seen: what in an area, when, how many, and how certain that is. A partition for each month (UTC).';

-- The application's role may not create tables, and is not to: it may ask for a month, by this, and for nothing else
-- (docs/decisions/detections.md). Attached rather than created in place: a load that is under way goes on meanwhile.
CREATE FUNCTION detection_month(month date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    first date := date_trunc('month', month);
    name  text := format('detection_%s', to_char(first, 'YYYY_MM'));
BEGIN
    PERFORM pg_advisory_xact_lock(4919032108);
    IF to_regclass(format('%I.%I', current_schema(), name)) IS NOT NULL OR month > now() + interval '1 year' THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I.%I (LIKE detection INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', current_schema(), name);
    EXECUTE format(
        'ALTER TABLE detection ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)', current_schema(), name,
        first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
    RETURN true;
EXCEPTION WHEN check_violation THEN
    RETURN false; -- some of the month are in detection_other, and stay there
END
$$;

DO $$
BEGIN
    PERFORM detection_month((date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead))::date)
    FROM generate_series(-12, 3) AS ahead;
END
$$;
