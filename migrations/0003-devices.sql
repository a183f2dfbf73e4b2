-- When a device was registered, as the begin of a day: enough to recognise it, and no time beside an answer.

ALTER TABLE device ADD COLUMN registered_on BIGINT NOT NULL DEFAULT 0;
