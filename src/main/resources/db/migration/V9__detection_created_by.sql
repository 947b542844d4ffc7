-- As of all other rows (V4); a detection is never changed. Null where no tokens are asked for, which takes no room.
ALTER TABLE detection ADD COLUMN created_by varchar(255);
