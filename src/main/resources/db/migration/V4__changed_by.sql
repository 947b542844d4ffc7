-- Subjects of tokens (OpenID Connect Core, section 2: at most 255 characters); null where none are asked for.
ALTER TABLE warehouse
    ADD COLUMN created_by varchar(255),
    ADD COLUMN updated_by varchar(255);

ALTER TABLE area
    ADD COLUMN created_by varchar(255),
    ADD COLUMN updated_by varchar(255);

ALTER TABLE idempotency ALTER COLUMN subject TYPE varchar(255);
