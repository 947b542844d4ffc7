-- An index on a table that is written to: it locks nobody out, and takes longer.
CREATE INDEX CONCURRENTLY warehouse_name_idx ON warehouse (name);
