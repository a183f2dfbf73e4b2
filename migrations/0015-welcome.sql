-- How far an owner came on the way from the claim to the first round: the last step that was finished. No row: the organisation
-- is older than these steps, or was not claimed by a link.

CREATE TABLE welcome (
    org_id BIGINT NOT NULL PRIMARY KEY REFERENCES org (org_id),
    reached BIGINT NOT NULL
);

-- A weekly mail for who wants one (digest), and the week for which it was last thought of, as days since 1970 of its Monday. bounces:
-- mails that came back and may come through later; they only count.

ALTER TABLE mail_recipient ADD COLUMN digest BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail_recipient ADD COLUMN digest_week BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail_recipient ADD COLUMN bounces BIGINT NOT NULL DEFAULT 0;

-- The outbox takes that mail, too. Its kinds stand in a CHECK, which SQLite cannot change in place.

CREATE TABLE outbox_new (
    org_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('signin', 'invitation', 'round-open', 'round-middle', 'round-last', 'round-result', 'digest')),
    round_number BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    over_at BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    PRIMARY KEY (org_id, person_id, kind, round_number),
    FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, person_id)
);
INSERT INTO outbox_new (org_id, person_id, kind, round_number, due_at, over_at, claimed_until, attempts)
    SELECT org_id, person_id, kind, round_number, due_at, over_at, claimed_until, attempts FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (due_at);
